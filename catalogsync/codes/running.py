"""Codes of planning, applying, and talking to a server."""

TABLE = """
addon-deletion-uncertain | whether an add-on can be deleted cannot be seen | An archived plan version that offered it may hold it. | If the server refuses, archive it instead.
addon-not-active | an add-on that is not published | Only a published version can be assigned. | Publish it in the same catalog.
addon-offered-elsewhere | a plan outside the catalog offers this add-on | It keeps the add-on's old version. | Add the plan to the catalog if it should move.
api-key-invalid | an API key that cannot be sent | It holds a line break, a quotation mark or another character that no header takes; the key is not shown. | Copy the key again, alone.
apply-incomplete | not everything was done | See the outcome of each step. | Fix what failed and make a new plan; where nothing failed, run the same command again.
catalog-invalid | the catalog holds errors | Nothing was sent. | Fix what is shown.
changed-by-hand | an object was changed by hand since it was last applied, and the plan overwrites that | What the run store knows as applied and proven is not what is live: somebody changed it past catalogsync, or with another run store; after an upgrade of the server it may be what the old one did not keep. | Ask who did it; catalogsync drift --accept takes what is live into the files instead.
channel-full | a channel without a free place | A channel carries ten rules. | Free one, or use another channel.
channel-use-unseen | whether rules use a disabled channel cannot be seen | Reads of rules hide disabled channels. | Check before deleting it.
config-invalid | catalogsync.yaml cannot be used | A word in it is not known or of the wrong kind. | See the place that is named.
config-misnamed | a configuration under another name | Only catalogsync.yaml is read; anything else would be passed over in silence. | Rename it to catalogsync.yaml, or remove it.
dangling-reference | something live names an object that goes | It would be left pointing nowhere. | Change it first.
duplicate-key | several live objects carry one key | It is not known which is the one. | Name the one to keep: --keep KIND/KEY=ID; the others are deleted.
environment-url-missing | the URL of an environment is not there | `url: {env: NAME}` names a variable that is not set, or that holds no URL of a server. Nothing was sent. | Set the variable and run again.
environment-locked | another run holds the environment's lock | Two runs at once could undo each other's work. | Wait for it to end; a lock that a lost run left is broken with catalogsync unlock -e ENV.
export-left-out | a live object that no manifest can say | It is named and left out; the rest is complete. | See why, and whether it matters.
export-left-over | a manifest that the export did not write | Its object is not live any more. | Remove it, or keep it if its object is to be created again.
export-overwrite | files would be overwritten with something else, or objects described twice | Somebody may have changed them, or moved them to other files. | Another folder, or --overwrite.
external-not-live | an object that another catalog owns is not live | `lifecycle: external` says that it is kept elsewhere; what names it cannot work without it. It was not applied yet, was archived, or has another key. | Apply the catalog that owns it first, name an object that is live, or correct the key.
immutable-field | a field that cannot be changed | The server keeps it as it was made, and would ignore a change in silence. | Another key; or --recreate KIND/KEY when nothing uses it.
in-use | an object that others use | It cannot be removed or re-created while they do. | Change or remove the users that are named first.
internal-error | a fault of catalogsync itself | Nothing is said but its kind and place: its words may quote a secret. | Report the line and the command. After `apply`, run the same command again: it goes on where it stopped.
interrupted | the run was interrupted | What was under way was finished. | Run the same command again.
journal-locked | another apply is at work | Two at once on one journal could do things twice. | Wait for it to end.
journal-other-plan | the journal belongs to another plan | A journal tells the story of one plan. | Move it away, or --journal another folder.
journal-unwritable | the journal cannot be written | Without it nothing is sent. | Check the folder.
key-over-http | an API key over plain http | Anybody on the way could read it. | Use https.
live-meter-poison | no list of meters can be read | One meter has an eventFrom past the year 9999. | It can be fixed in the server's database only.
live-missing | an object that a step needs is not there | It was removed while the plan ran. | Make a new plan.
live-too-many-meters | more meters than can be listed | The v1 list ends at a thousand. | Manage the rest elsewhere.
live-unstable | a list keeps changing while it is read | Somebody else writes. | Try again later.
lock-lost | the run's lock is not its own any more | Somebody broke it, or the run store cannot be read; from there on nothing is sent. | See what the other run did, then make a new plan.
managed-elsewhere | something that this API cannot show | A version with features of the v3 API holds this key. | Manage it where it was made.
matched-by-name | found by its name | It carries no key of ours yet, and exactly one has the name. | Nothing: the key is written with the next change.
mcp-arguments | an argument that a tool does not take | A tool does not guess what was meant. | The tool's input schema says each argument.
mcp-extra | the MCP server without its SDK | mcp is an optional part. | pip install "catalogsync[mcp]"
mcp-path-outside | a path outside of the folder that the MCP server was started in | An agent reads no manifests but those below that folder; links and overlays count by where they lead. | Start the server in a folder that holds them all.
meter-description-kept | a description that cannot be removed | The server can change a meter's description and never clear it. | Write another one.
not-promoted | what is not proven on the environment that promoteFrom names is planned all the same | What ran well there comes here, and only that; a protected environment takes no such plan. | Apply it there, then promote; for a hotfix, plan with --unproven.
only-needs | what was planned beside --only | A step of what was asked for waits for a step of it. | Nothing; see the causes of the steps.
only-waits | what --only left out | Other objects differ too, and were not asked for. | Plan without --only for everything.
outcome-unknown | sent, and no answer | It may or may not have taken effect; it was looked up and could not be known. | Run again: what is done is found and not repeated.
plan-holds-secret | a plan that holds a secret itself | A saved plan is shown and kept; a secret in it would be, too. | Write {env: NAME} or {file: PATH} in the manifest.
plan-inconsistent | a plan that contradicts itself | Each plan is checked against its own rules before it is shown; this one is a fault of catalogsync itself. Nothing was sent. | Report the lines with the command.
plan-other-format | a plan of another version of catalogsync | Its meaning may differ. | Make a new plan.
plan-tampered | a plan that was changed after it was saved | What was reviewed is what runs. | Make a new plan and review it.
plan-unreadable | no saved plan | The file is something else, or damaged. | Make a new plan.
promote-drift | the environment that is promoted to was changed by hand | Promoting would take away somebody's change, or prove something that nobody looked at. | Write the change into the manifests and prove it; or overwrite it with --accept-drift.
promote-files-ahead | the files are ahead of what is proven | Only what is proven is promoted; what the files say besides stays behind. | Apply the files to the environment that is promoted from, then promote again.
promote-first | nothing was applied with proof to the environment that is promoted to | Whether somebody changed it by hand cannot be known; what is live and differs is overwritten. | Look through the plan; after this promotion it can be known.
promote-other-source | another environment is to be promoted from | promoteFrom of catalogsync.yaml names the one on which a catalog is proven. | Promote from that one.
promote-takes-back | what is proven on the environment that is promoted to is newer than what is promoted | A hotfix went there past the promotion: new customers would get the older content again. | Apply the files to the environment that is promoted from first, when the newer content is right.
promote-too-young | what is proven has not run long enough | minHours of catalogsync.yaml asks for more. | Wait, or promote the rest with --only.
promotion-skipped | what is not proven on the environment that promoteFrom names is planned on purpose | The plan was made with --unproven, and says so to all who look at it. | Apply it to that environment too, so that the next promotion does not take it back.
promote-unproven | not proven on the environment that is promoted from | Proven is what a run applied there, read back, and found nothing more to do for. | Apply it there: catalogsync apply -e FROM.
published-already | a draft is asked for and the version is published | What is published cannot become a draft: new customers can get it, and stay in it. | lifecycle: published, or archived.
possible-rename | a new key with nearly the content of one that vanished | The server knows no renames: customers, their entitlements and their history stay with the old one. | Keep the old key if it is the same thing.
prune-elsewhere | objects applied from files outside of the paths | They belong to another catalog, or its folder was moved; they are not removed. | Name that folder too to remove them.
quote-addon-not-offered | an add-on that the plan does not offer | It cannot be bought with the plan, or not in this phase. | Choose one that is offered, or add it to the plan's addons.
quote-addon-quantity | an add-on bought too often | Single add-ons are bought once, others at most maxQuantity times; some cards cannot be applied twice. | A smaller quantity.
quote-addon-unknown | an add-on that is not in the catalog | - | The key of an add-on's manifest.
quote-feature-unknown | a feature without a rate card | The phase charges nothing for it and grants nothing. | A feature of one of the phase's rate cards.
quote-phase-unknown | a phase that the plan does not have | - | The key of one of its phases.
quote-plan-unknown | a plan that is not in the catalog | - | The key of a plan's manifest.
quote-quantity | what is not a quantity | Quantities are plain decimals of at least 0, add-ons are bought in whole numbers. | --at api_calls=50000 --addon extra_seats=2
drift-not-accepted | a live object that was not written into its manifest | Only its values are changed, and here that would not say what is live: a secret, say, or an offer of an earlier version. | Write it by hand; export shows what is live.
drift-kept | a value of yours that stays beside accepted ones | It was changed in the files only, and nobody changed it on the server. | Nothing; the next plan carries it out.
drift-replaced | a value of yours that gave way to the live one | It was changed on the server too, or its object was named and nobody changed it on the server. | Nothing, or take yours back: git has it where it was committed, and the message says it.
drift-without-base | which side moved is unknown | Three sides tell who moved: the files, the live objects, and what was last applied. Nothing tells the third. | Apply with -e ENV, which keeps it in the run store, or give --against git:REV.
live-only | live objects that no file names | They are never touched. | export writes them; drift --accept does so beside the files there are.
manifest-gone | a live object whose manifest is not there any more | A missing file never removes anything. | plan --prune, or a manifest that says lifecycle: archived or deleted.
refused | a guard refused | Guards fail closed. | See the message.
refused-blocked | a plan with errors | It may be shown, never applied. | Fix what is shown.
refused-declined | you said no | Nothing was sent. | -
refused-fuses | a plan that passed laxer fuses | It was made by another catalogsync.yaml, in which a fuse is turned off, or has a higher limit, than where it is applied. | Make the plan by the catalogsync.yaml that holds there, and review it.
refused-not-promoted | a protected environment, and a plan past its promotion | The plan holds what is not proven on the environment that promoteFrom names. | Promote it; for a hotfix plan with --unproven.
refused-no-base | what was last applied is not known | Only what was applied from files is pruned; without knowing it nothing can be said to be gone. | Apply with -e ENV, which keeps it in the run store, or --against git:REV.
refused-no-environment | the environment of a plan is not found | A plan is applied only to the environment that it was made for, found by its name. | Run it from a folder below the catalogsync.yaml that names it.
refused-old | a plan that is too old | --max-age allows no plan that was made so long ago. | Make a new plan and review it.
refused-other-target | a plan for another server | A plan is bound to the environment's name, its URL and prefix, and what the server says of itself. | Make a plan for that server.
refused-protected | a protected environment | `protected: true` lets in only plans that were saved, so that somebody can look at them first; naming its server's URL does not go past that. | Save the plan with -e and --out, review it, and apply the file.
refused-stale | the server has moved | Somebody changed what the plan touches or relies on since it was made. | Make a new plan and review it; `plan --refresh` reads everything again, also what published versions offer.
refused-unasked | there is no terminal to ask on | The question was not asked, and nothing was sent. | --yes applies without asking.
refused-unproven | a plan that failed its rehearsal | On a twin of the live server it did not come out as planned. | See what failed, or go on with --unproven.
rehearsal-unseeded | no twin for a rehearsal | The live catalog could not be copied. | See the message; plan without --rehearse.
review-quantity | what is not a quantity, given to --at | Quantities are plain decimals of at least 0. | --at api_calls=1000,50000
rule-channels-unseen | whether a rule names a disabled channel was not compared | Reads of rules leave disabled channels out, and the rule's own metadata does not tell of them. | Nothing; or enable the channel, and plan again.
run-store-extra | a run store in object storage without its client | obstore is an optional part. | pip install "catalogsync[object-store]"
run-store-unusable | the run store cannot be used | Without its lock nothing is sent. | Check the folder, or the bucket, the network and the credentials.
run-failed | something failed | See the message. | -
sandbox-file | not the file of a sandbox | sandbox:FILE names something else, or a place that cannot be written. | Name a new file, or one that a sandbox made.
sandbox-missing | a sandbox that is not there | The MCP server only reads: it makes no file, and does not take a missing one for an empty server. | Correct the name of the file, or make it with an apply to sandbox:FILE.
secret-invalid | a secret that its member cannot take | It was resolved before the first call, and the server would refuse it. | Correct the value where it is kept.
secret-missing | a secret is not there | Its variable or file is missing; nothing was sent. | Set it and run again.
secret-not-compared | a secret that was not compared | Its reference cannot be resolved here, so whether the live value is the same is not known. | Set the variable, or plan where it is set.
server-refused | the server refused a call | Its own words and codes are shown. | See them.
server-too-old | a server older than what is supported | It lacks what catalogsync relies on, and was not tried. | Upgrade it; docs/reference/compatibility.md names the oldest supported release.
server-undescribed | a server that serves no description of its API | What it would drop without a word cannot be known beforehand. | Let GET /api/swagger.json through to it.
stale-draft | a draft that nobody asked for | It was left by somebody; it is not touched. | Publish or delete it by hand, or make the manifest equal to it.
stdout-unwritable | stdout could not take what was written to it | The disk is full, perhaps. What the command did before is done. | Write to a file with room.
system-refused | the operating system refused something | A file, a folder or a device could not be used. | See the message.
target-not-openmeter | the answer is not OpenMeter's | Perhaps a proxy, or the wrong path. | Check the URL and the prefix.
target-unreachable | the server cannot be reached | No connection came about. | Check URL, network and certificate.
undo-incomplete | something does not come back | The server keeps or loses it for good. | Read what stays different before applying.
undo-moved | an object was changed after the plan that is to be undone | Going back would take away somebody else's change. | Write what is desired into the manifests and plan them.
unknown-to-server | something that this server's release does not know | It drops such members without a word, or refuses the value. Nothing was sent. | Take it out for this server, in an overlay perhaps, or upgrade the server to the release that is named.
usage | the command line is wrong | See the message. | catalogsync VERB --help
usage-file | a file of usage that cannot be used | A row says how much of a feature a customer used in one billing period; a wrong one would make the figures wrong. | Correct the row that is named: customer,feature,quantity.
usage-unread | usage of last month that is not known | The figures of customers hold none of it: they may pay more than is shown. | See the message; --usage FILE.csv gives the usage from elsewhere.
"""
