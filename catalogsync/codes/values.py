"""Codes of values that the server refuses without a code, drops in silence, or answers with a bare 500."""

TABLE = """
channel-header | a header that cannot be set | The webhook service refuses some names and values, and the server answers a bare 500. | Another name; at most 4096 bytes.
channel-rules | too many rules on a channel | A channel has ten places. | Spread the rules over several channels.
channel-secret | a signing secret of the wrong form | It must be whsec_ and 24 to 75 bytes in base64; others are refused, shorter ones with a bare 500. | Generate one, and name it: signingSecret: {env: NAME}.
channel-secret-reference | a reference that names no environment variable | A secret written in place of the variable's name is in git, and is never found. | {env: NAME}: letters, digits and underscores.
channel-url | a url that is not an http address | The webhook service refuses it, and the server answers a bare 500; it takes `http:/host`, where a sign is missing. | https://…
channel-url-password | a URL with a user or a password | Whoever reads the repository, or the channel on the server, can use it. | url: {env: NAME}, or the password in a header that is a reference.
currency-unknown | an unknown currency | The server knows 171 codes. | USD, EUR, GBP …
discount-without-price | a discount on a card without a price | There is nothing to take it from. | Remove it, or give the card a price.
duration-invalid | a text that is not a duration | Durations are ISO 8601. | P1M a month, P14D two weeks, PT1H an hour.
entitlement-usage-period-missing | a metered entitlement without a period | On a one-time fee there is no billing cadence to take it from. | Add usagePeriod.
entitlement-usage-period-replaced | a usage period of nothing | The server takes P0D for none, and grants for each billing period instead. | The period that is meant, or none: then the billing cadence counts.
feature-filter-dimension | a filter on a dimension that the meter does not have | The server refuses the feature. | Name one of the meter's groupBy keys.
feature-filter-empty | a filter without an operator | The server stores it and filters nothing: everything would be counted. | {$eq: VALUE}, {$in: [A, B]} …
feature-filter-operand | an empty operand | The server refuses it. | Write the value, or remove the filter.
feature-filter-operators | several operators in one filter | The server takes one. | Join them: $and: [{…}, {…}]
feature-filter-without-meter | a filter on a feature without a meter | The server stores it unchecked, and it does nothing. | Name a meter, or remove it.
feature-filters-twice | filters said in both forms | meterGroupByFilters is ignored beside advancedMeterGroupByFilters. | Keep one.
feature-meter-aggregation | a meter that no feature can use | Features can be made for SUM, COUNT, UNIQUE_COUNT and LATEST. | Use another meter.
feature-unit-cost-both | a unit cost said twice | A fixed value and a property exclude each other. | Keep one.
feature-unit-cost-dimension | a unit cost read from a dimension that the meter does not have | The server refuses it. | Name one of the meter's groupBy keys.
feature-unit-cost-meter | an llm unit cost without a meter | Provider and model are read from events. | Name a meter.
feature-unit-cost-missing | a part of the unit cost is missing | Provider, model and token type are all needed. | Add the fixed value or the property.
feature-unit-cost-negative | a negative unit cost | The server refuses it. | 0 or more.
feature-unit-cost-token-type | an unknown token type | The server knows seven. | input, output, cache_read, cache_write, reasoning, request or response.
key-looks-like-id | a key that reads as an id | 26 characters of which the first is 0 to 7 are taken for an id, so the object is never found by its key. | Another length, or begin with a letter.
metadata-reserved | a metadata name that catalogsync uses | Channels and rules have no key on the server: the manifest's key is kept under this name, in place of what is written there. | Another name.
meter-description-empty | an empty description on a meter | The server refuses it. | Leave it out.
meter-dimension-is-value | a dimension that is the value itself | The server refuses to group by what it adds up. | Another path, or none.
meter-dimension-name | a dimension's name of the wrong form | Letters, digits and underscores, not beginning with a digit. | Rename it.
meter-dimension-reserved | a dimension named subject or customer_id | Queries by that name answer for the subject or customer. | Choose another name.
meter-event-from | an instant that does not exist | The server answers a bare 500. | "2026-01-31T00:00:00Z"
meter-event-from-cut | an instant with more than six decimals | The server keeps microseconds and cuts off the rest. | At most six decimals.
meter-event-from-poison | an instant beyond the year 9999 | Stored once, it empties every list of meters, and only in the database can it be fixed. | An instant in the past.
meter-json-path | a path that the event store does not take | The server refuses it. | $.name, $['odd name'], $.list[0]
meter-value-missing | a meter without a value | All aggregations but COUNT need one. | valueProperty: $.tokens
meter-value-not-allowed | a COUNT meter with a value | It counts events. | Remove valueProperty, or use SUM.
number-rounded | a number that the server keeps otherwise | Grants and thresholds are kept as doubles, which hold 15 to 17 digits. | The number as it is kept.
number-too-large | a number beyond what the server can hold | It refuses it, or answers a bare 500. | A smaller one.
plan-addon-twice | one add-on offered twice | A plan version offers an add-on once. | Keep one.
plan-alignment-dropped | alignment is never kept | The server accepts it and drops it. | Remove it.
plan-phases | too many phases | Beyond 256 the server answers a bare 500. | Fewer phases.
price-minimum-above-maximum | a minimum above the maximum | No amount fits between them. | Swap them.
price-negative | a negative amount | The server refuses it. | 0 or more; for a reduction use discounts.
price-package-empty | a package of nothing | The server refuses it. | quantityPerPackage above 0.
price-tier-free | a tier without a price | The server refuses it. | flatPrice: 0 for a free tier.
price-tier-twice | two tiers that end at one amount | It is not said which price holds. | Another upToAmount.
price-tiers-closed | every tier has an end | Usage above the last tier would have no price; the server refuses it. | The last tier without its upToAmount if its price holds for everything above; else a tier above it, without upToAmount.
reference-unknown-addon | an add-on that is not there | It cannot be assigned. | Write a manifest for it, or correct the key.
reference-unknown-channel | a channel that is not there | The server refuses the rule. | Write a manifest for it, or correct the key.
reference-unknown-feature | a feature that is not there | The server refuses a rule that names it. | Write a manifest for it, or correct the key.
reference-unknown-meter | a meter that is not there | The server refuses the feature. A meter of the server's own config file is written as a manifest like any other. | Write a manifest for it, or correct the slug.
rule-channel-twice | one channel twice in a rule | The server keeps it once. | Remove one.
rule-channels | too many channels on a rule | At most five. | Two rules.
rule-feature-twice | one feature twice in a rule | The server refuses it. | Remove one.
rule-threshold | a threshold of nothing | Values are above 0, for balance_value 0 or more. | Another value.
tax-custom-invoicing | customInvoicing is never kept | The server accepts it and drops it. | Remove it.
tax-stripe-ignored | a Stripe code beside a tax code id | The id wins and the Stripe code is overwritten. | Say one of them.
"""
