"""Codes that are the server's own (docs/server/rate-cards.md#severity, docs/server/assignments.md#compatibility)."""

TABLE = """
addon_has_no_rate_cards | an add-on without a rate card | The server keeps such a draft and refuses to publish it. | Add a rate card, or lifecycle: draft.
addon_invalid_ratecard_price_for_multi_instance | a usage price on an add-on that can be bought several times | Usage cannot be distinguished between the instances. | Use a flat price, or instanceType: single.
billing_cadence_invalid_value | a billing cadence under an hour | Nothing can be billed that often. | P1M, P1Y, P1W …
entitlement_template_invalid_issue_after_reset_with_priority | a priority without a grant | issueAfterResetPriority ranks the grant that issueAfterReset makes; the server refuses one without the other. | Add issueAfterReset.
entitlement_template_issue_after_reset_required | a metered entitlement that grants nothing | Without issueAfterReset the server refuses to publish. | Write how much is granted each period; 0 for none.
entitlement_template_negative_usage_period | a negative usage period | Time does not run backwards. | usagePeriod: P1M
entitlement_template_usage_period_less_then_an_hour | a usage period under an hour | The server refuses it. | usagePeriod: P1M
entitlement_template_with_no_feature | an entitlement for no feature | It would entitle to nothing. | Add featureKey, the same as the card's key.
plan_addon_max_quantity_must_be_set | maxQuantity of 0 or less | Nobody could buy it. | 1 or more; leave it out for any number.
plan_addon_max_quantity_must_not_be_set | maxQuantity on a single add-on | It can be bought once anyway; the server refuses to publish the plan. | Leave it out, or instanceType: multiple.
plan_addon_unknown_plan_phase_key | an add-on offered from a phase that the plan does not have | Publishing the plan would be refused. | Name one of the plan's phases.
plan_billing_cadence_invalid | a plan billed at an unusual rhythm | The server bills plans by eight rhythms only. | P1W, P2W, P4W, P1M, P3M, P6M, P12M or P1Y.
plan_has_last_phase_with_duration | a last phase that ends | A plan's last phase goes on until the subscription ends. | Leave its duration out, or add a phase after it.
plan_has_non_last_phase_with_no_duration | a phase that never ends, with another after it | The next phase would never begin. | Add duration: P1M (or P14D …).
plan_multiple_fiat_currencies | an add-on in another currency than the plan | One subscription is billed in one currency. | Make an add-on in the plan's currency.
plan_phase_duplicated_key | two phases with one key | Keys tell phases apart. | Rename one.
plan_phase_duration_less_then_an_hour | a phase shorter than an hour | The server refuses to publish it. | A duration of an hour or more.
plan_phase_has_no_rate_cards | a phase without a rate card | Nothing would be charged or granted in it. | Add a rate card; a free one has no price.
plan_phase_with_negative_duration | a phase of negative length | Time does not run backwards. | duration: P1M
rate_card_billing_cadence_mismatch | plan and add-on bill one card at different rhythms | They are added up on one line. | Use the same text on both sides: P12M is not P1Y.
rate_card_billing_cadence_unaligned | a rhythm that does not fit into the plan's | Months have 28 to 31 days, so weeks, and days but a single one, do not fit into them; periods would drift apart. | The plan's cadence, or a whole multiple of the same unit.
rate_card_duplicated_key | two rate cards with one key | Keys tell cards apart within a phase or add-on. | Rename one.
rate_card_entitlement_template_type_mismatch | plan and add-on entitle in different ways | They cannot be added up. | Use the same type on both sides.
rate_card_feature_not_found | a feature that is not there | The server refuses even a draft that names an unknown or archived feature. | Write a manifest for the feature, or correct the key.
rate_card_key_feature_key_mismatch | a card's key that is not its feature's | The server wants them equal. | Give the card the feature's key.
rate_card_metered_entitlement_template_usage_period_mismatch | plan and add-on grant for different periods | Grants of different periods cannot be added up. | The same usagePeriod text on both sides.
rate_card_multiple_billing_cadence | an add-on billed at several rhythms | An add-on's priced cards share one. | One cadence, or two add-ons.
rate_card_only_flat_price_allowed | an add-on that adds to a usage price | Only flat prices can be added up. | Give the add-on's card another key, or no price.
rate_card_percentage_discount_not_allowed | two percentage discounts on one card | It is not said which comes first. | Keep one of them.
rate_card_price_payment_term_mismatch | plan and add-on are paid at different ends of the period | They stand on one line of the invoice. | Write paymentTerm on both sides, the same.
rate_card_price_type_mismatch | plan and add-on price one card by different types | They cannot be added up. | The same type, or another key.
rate_card_static_entitlement_template_not_allowed | static entitlements that meet | Two configurations cannot be added up. | Another key in the add-on.
resource_name_empty | an empty name | The server answers a bare 500. | Write a name.
usage_based_price_with_feature_and_no_meter | a usage price on a feature without a meter | There is no usage to charge. | Give the feature a meterSlug, or use a flat price.
usage_based_price_with_no_feature | a usage price without a feature | It is not said whose usage is charged. | Add featureKey, the same as the card's key.
usage_discount_negative_quantity | negative free usage | It would charge for nothing. | 0 or more.
usage_discount_with_flat_price | free usage on a flat price | A flat price counts no usage. | Use discounts.percentage.
"""
