"""Codes of lint: what the server takes, and why it still costs money. A row: code | severity | what | why | instead.

A severity `error, at least warning` may be lowered to a warning by `catalogsync.yaml`, and no further.
"""

TABLE = """
addon-draft-offered | warning | a plan offers an add-on that is a draft | The server assigns published versions only: where none is live, the plan is refused. | The add-on without lifecycle: draft, or the offer once it is published.
addon-not-offered | warning | an add-on that no plan offers | It is published and nobody can buy it. | Offer it: addons: [{addon: KEY, fromPlanPhase: PHASE}].
channel-secret-inline | error, at least warning | a signing secret, or a header that holds a credential, written in a manifest | Whoever reads the repository can forge events or use the credential, and history keeps it permanently. catalogsync.yaml may make it a warning; it cannot be turned off or waived, no output shows the value, and no plan that holds it is saved. | signingSecret: {env: NAME}, or {file: PATH}
channel-unused | note | a channel that no rule sends to | Somebody waits for events that never come. | Name it in a rule's channels, or remove it.
channel-url-open | warning | a webhook over http | Events, with customers' usage in them, travel unencrypted. | https://…
channel-url-token | warning | a webhook URL that carries a token | Whoever reads the repository can send what the webhook takes, and history keeps it. Outputs show the host alone. | url: {env: NAME}, or {file: PATH}
currency-mixture | note | a plan in another currency than most | 49 USD meant as 49 EUR is billed as written; only a new version can have another currency, and customers stay on theirs. Not of a plan whose key or name has the currency's code as a word: pro_eur, Pro (EUR). | The currency that its amounts are in, or the currency's code in the name.
discount-everything | warning | a discount of 100 % | The price is shown and nothing is ever paid. | A smaller percentage, or no price.
discount-fraction | warning | a discount of less than one percent | 0.2 is a fifth of a percent, not a fifth of the price. | percentage: 20
entitlement-config-no-json | warning | a static config that is not JSON | The server keeps any text; the application that parses it fails for every customer of the plan. | The config as YAML; it is sent as JSON text.
entitlement-elsewhere | warning | price and entitlement on two features of one usage | Balance and bill are counted apart and drift apart as soon as one feature changes. | One rate card with both.
entitlement-overage-unpaid | warning | a soft limit without a price | Usage above the grant is neither stopped nor charged. | isSoftLimit: false, or a price.
entitlement-without-meter | warning | a metered entitlement on a feature without a meter | Nothing is counted against it: the limit never bites. | A meterSlug on the feature, or type: boolean.
feature-filter-empty | warning | a filter that names no value | The feature counts nothing, or everything: usage is not charged, or charged too much. | The values that are meant, or no filter.
feature-unused | warning | a feature that no plan and no add-on has | If no other catalog has it either, nobody gets it and nobody pays for it. | A rate card for it; where another catalog's plans have it, lint: {severity: {feature-unused: off}} in catalogsync.yaml; lifecycle: archived once nobody needs it.
key-nearly-same | warning | keys that differ by underscores only | Usage sent for one is looked for under the other, and goes unbilled. | One object, or names that differ by a word.
meter-path-in-data | warning | a meter's path that begins with data | `$` is the event's data, not the event: `$.data.tokens` reads a member `data` within it, which CloudEvents have not by themselves. A meter's path cannot be changed later. | $.tokens
meter-unused | warning | a meter that no feature uses | If no other catalog uses it either, what it counts is never charged. | A feature with its meterSlug; where another catalog has that, lint: {severity: {meter-unused: off}} in catalogsync.yaml.
number-like-thousands | warning | an amount or a count with three zeros behind the point | The point is a decimal point: 10.000 is ten. Where a point parts thousands it looks like ten thousand, and a thousandth is charged or granted. | 10000 if ten thousand is meant, 10 if ten is. In a currency of three decimals, amounts are taken as they stand.
plan-phase-downgrade | warning | a later phase grants less | Customers lose in the middle of a contract what they have, and leave or ask for money back. | The same grant, or a waiver that says why.
plan-phase-shorter-than-cadence | warning | a paid phase that ends before it is billed | A yearly fee in a phase of a month is prorated or charged in full: either surprises. | A phase as long as the cadence, or a shorter cadence.
price-charged-once | warning | a fee without a cadence that has one elsewhere | A flat fee without billingCadence is billed a single time: a monthly fee earns one month. | The billingCadence of the others; another key for a fee that is meant to be charged once.
price-comment-differs | warning | a comment that says another price | `export` writes each price in words above it; who reads the comment after a change believes the old price. | The price in words, as the hint shows it, or no comment.
price-double-billing | warning | one usage charged by two rate cards | Both features count the same events of one meter, and the customer pays twice. | Filters that keep them apart, or one price.
price-far-off | warning | an amount a hundred times the usual one | A slipped decimal point bills a hundredfold, or a hundredth. | Check the point; a waiver if it is meant.
price-grant-charged | note | a granted quantity that is charged | An entitlement counts what is left, and makes nothing free: a customer who reads "10000 included" pays from the first unit. | discounts.usage with that quantity, or a first tier up to it at 0; a waiver where the grant is a budget to warn at.
price-included-differs | warning | free quantity and granted quantity differ | The customer sees a balance left and is charged, or hears that it is used up while it is free. | The same number in both.
price-never-reached | warning | a hard limit that ends usage where it is still free | The price is there and can never charge: usage stops at the grant, and a limit is hard unless isSoftLimit says otherwise. | isSoftLimit: true, or a grant above the free quantity.
price-tier-cliff | warning | volume tiers where more costs less | One unit more drops the whole bill: customers pad their usage to pay less. | A flatPrice in the following tier, or mode: graduated.
price-tier-free-again | warning | a free tier after a paid one | The heaviest users pay nothing for most of what they use. | A unitPrice in that tier; an intended cap is said by maximumAmount.
price-tier-open-twice | warning | two tiers without an end | Which of them is charged is for the server to choose; the other never is. | One open tier, the last.
price-tier-order | warning | tiers that are not in the order of their size | The server sorts them: a tier with a mistyped end lands elsewhere, and other usage is charged than the file seems to say. | The tiers in order, each with the end that is meant.
price-tier-rises | warning | a unit that costs more in a higher tier | Whoever uses more pays more for each: rarely meant, and often a slipped digit. | A smaller unitPrice; a waiver where overage is to cost more.
price-without-entitlement | warning | usage charged without an entitlement | Access cannot be checked and no balance be shown; the first the customer hears is the bill. | entitlementTemplate: {type: metered, issueAfterReset: 0, isSoftLimit: true}
rule-never-fires | warning | a balance rule about a feature without a metered entitlement | Nobody is warned before the money is spent. | A metered entitlement for the feature, or another feature.
rule-threshold-far | warning | a percentage of 500 or more | Nobody is warned before usage is five times what was sold. | A percentage around 100.
rule-threshold-fraction | warning | a percentage below one | 0.8 is less than one percent: every customer is reported as soon as anything is used, and nobody at 80 %. | value: 80
rule-threshold-twice | warning | one threshold written two times | One of them was meant to be another value, which nobody hears of. | The value that is meant.
tax-code-by-id | note | a tax code named by its id | Ids differ from server to server: what works in staging is refused in production, after the review. | stripe: {code: txcd_…}; an overlay for each environment where there is no such code.
"""

WAIVERS = """
waiver-expired | a waiver whose day has passed | What was accepted for a while is still there. | Fix it, or give the waiver a later date.
waiver-malformed | a comment that is meant to be a waiver and is none | It would be ignored, and so would the date on it. | # catalogsync: waive CODE until YYYY-MM-DD because REASON
waiver-unused | a waiver of nothing | It would hide the next finding of that code. | Remove the comment.
"""
