"""Codes of fuses: what stops a plan although it could be carried out."""

TABLE = """
fuse-currency-change | the currency of a plan or an add-on changes | Every price of it means something else, and customers of the one currency cannot subscribe in the other. | Another key for the other currency.
fuse-customer-move | a customer of --usage or --usage-from would pay far more | The limit is in percent; a customer who pays nothing today and something then is over every limit. | A smaller step, or a waiver once it is what is meant.
fuse-entitlement-cut | an entitlement goes or becomes less while customers hold it | Who holds it keeps it until somebody moves their subscription; then it is less than they bought. | Grant as much as before, or say in a waiver that it is meant.
fuse-feature-subscribed | a feature that running subscriptions use is archived | The server refuses it, in the middle of an apply, while a subscription to any version that has it runs. | Move or end the subscriptions first.
fuse-first-write | the first write to a protected environment | Nothing that the catalog describes is live there: it may be the wrong server. | Check the environment's URL; waive it for the first plan.
fuse-meter-deleted | a meter goes while customers use what it measures | Their usage is measured no longer, and is not billed. | End the subscriptions that use its features first.
fuse-meter-remade | a meter counts otherwise under a published price | The same price is charged for another quantity, with events from before or without them. | A new meter and a new feature, in a new version of the plan.
fuse-new-versions | very many new versions at once | A change that was meant for one plan may have reached all. | Apply in parts, or raise the limit for this environment.
fuse-price-move | a price rises or falls very much | The limit is in percent of the old charge, at the whole quantity where it moves most, before rounding; a slipped digit is 900 %. | The price that is meant, a smaller step, or a waiver.
fuse-price-zero | a price becomes zero or negative | Nothing is charged any more, or customers are paid. | The price that is meant; `lifecycle: archived` where it is not to be sold any more.
fuse-removed-share | a large share of the objects of a kind is archived or deleted | A folder that was not loaded, or a wrong catalog, looks like this. Fewer than three objects never blow it. | Remove them in parts, or raise the limit for this environment.
fuse-version-deleted | versions with subscriptions are deleted | The subscriptions run on, and the server cannot migrate them: it answers 404. | `lifecycle: archived`, until nobody is on a version of it.
refused-fuse | a fuse stopped the plan | It is shown and not saved, and nothing was sent. | Change what is shown, or waive it in the manifest: # catalogsync: waive CODE until YYYY-MM-DD because REASON
"""
