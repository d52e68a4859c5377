"""Codes of what a plan, a run or a difference holds, as formats for machines tell it: each change, each danger, each step."""

TABLE = """
change-archive | an object is archived | Nobody can begin to use it; who has it keeps it. | Check that nobody needs it any more.
change-create | an object is made | No such object was there. | Nothing.
change-delete | an object is deleted | It is gone for good. | Check that nobody needs it any more.
change-impossible | an object cannot become what the file says | The server offers no way from what is live to what is written. | See the error that names it.
change-new-version | an object gets a new version | What is published cannot change; who has an earlier version stays on it. | Check which customers are meant to move.
change-publish | a draft is published | It is equal to the file. | Nothing.
change-recreate | an object is removed and made again | It cannot change in place and --recreate allows this; what it held is lost. | Check that nobody needs it as it is.
change-update | an object changes in place | Everybody who uses it has the change at once. | Check the fields.
currency-changes | the currency of prices changes | Old and new charges cannot be compared. | Check each price by hand.
price-rises | a price rises for some quantity | Who buys it pays more from the quantity on that is named. | See the page on reviews; compare with --at and --usage.
step-already | a step whose object was in the desired state | Nothing was sent. | Nothing.
step-different | a step whose object is stored differently than it was sent | The server took it and keeps something else; the fields are named. | Make a new plan to see what is left.
step-done | a step that was done | It was sent, accepted, and read back in the desired state. | Nothing.
step-failed | a step that the server refused | Its words are shown. | Fix what it says and make a new plan.
step-not-tried | a step that was not reached | The run stopped before it. | Run the same command again.
step-skipped | a step that was left out | A step that it needs was not done. | Fix that step first.
step-unknown | a step that got no answer | It may or may not have taken effect; reading back did not settle it. | Run again: what is done is found and not repeated.
"""
