"""Codes of files, YAML and manifests' structure."""

TABLE = """
catalog-empty | there is no manifest | The paths hold no .yaml or .yml file with a document, so there is nothing to compare. | Name the folder that holds the catalog; ./catalog is taken when none is named.
file-not-found | a path does not exist | Nothing can be read there. | Check the spelling, and the folder you are in.
external-unchecked | an object that another catalog owns | Offline nothing is known of it but its key. | `catalogsync plan` says whether it is live.
file-name-case | two file names that differ by capitals only | On Windows and macOS they are one file: in a checkout there one replaces the other, and its objects are missing. | Another name for one of them.
file-not-read | a file in the catalog that is not read | Manifests are .yaml and .yml files, and the configuration is catalogsync.yaml; what such a file says would be missing in silence. | Rename it, or move it out of the catalog.
file-not-regular | a path is neither a file nor a folder | Pipes, sockets and devices are not read: reading them could block the run. | Name regular files.
file-outside-catalog | a link leads out of the catalog | What is reviewed must lie in the catalog; a link to elsewhere can change unseen. | Copy the file into the catalog.
file-too-large | a file is too large | No manifest is that large; reading it could take all memory. | Split it: one object per document, many files.
file-unreadable | a file cannot be read | The system refused to open it. | Check its permissions.
file-unwritable | a file cannot be written | The system refused. Nothing was half written. | Check the folder's permissions and the space on the disk.
fmt-refused | a file was not rewritten | Rewriting it would have changed its meaning, or it holds errors; it was left as it is. | Fix the errors first.
installation-incomplete | a part of the installation is missing | It was installed without its data, or runs in a Python that lacks a package which it needs. | Run it by the Python that it is installed in, or install it again.
manifest-duplicate | one object is written twice | Two documents have the same kind and key; which one is meant cannot be known. | Remove one, or make it an overlay.
manifest-foreign | a document that was written for something else | Bodies of OpenMeter's v3 API and objects of Stripe have other names and another structure; translated name by name they would mean something else. | Write what the hint shows: the plan that a Stripe price would be, or the names of the v1 API; `catalogsync export` writes what a server has, `catalogsync init` shows a whole catalog.
manifest-invalid | a document does not fit its schema | Something in it is not as the API has it. | See the schema of its kind in schemas/.
manifest-missing-field | a required field is missing | The server asks for it. | Add the field that is named.
manifest-no-kind | a document does not say its kind | `kind` decides what everything else means. | Begin with kind: plan (or meter, feature, addon, notification_channel, notification_rule).
manifest-not-object | a document is not a mapping | A manifest is a mapping of fields. | Write key: value lines.
manifest-out-of-range | a value is too small, too large, too short or too long | The server refuses it. | Keep to the bounds that are named.
manifest-unknown-field | a field that no API knows | The server would accept it with a 201 and drop it: what you meant would be lost in silence. | Take the name that is suggested; lower and upper case count.
manifest-unknown-kind | a kind that does not exist | Nothing is known of it. | meter, feature, addon, plan, notification_channel or notification_rule.
manifest-unknown-value | a value that is not among the allowed ones | The server refuses it; case counts. | Take one of the values that are named.
manifest-wrong-form | a text does not have the right form | Keys have lower case letters, digits and single underscores; the server refuses others. | Write it in the form that is named.
manifest-wrong-type | a value of the wrong type | The API wants another type here. | Write what is named; quote texts that look like numbers.
overlay-add | $add where nothing can be added | `$add: true` says that an entry of a list is a new one; there is one of this key already, or something else than true stands there. | Leave $add out to change the entry that is there.
overlay-not-allowed | an overlay says what may not differ | `allowDifferences` of catalogsync.yaml names all that may differ between environments, so that what was tried on one is what runs on the next. | Say it in the manifest itself, or allow it.
overlay-not-named | overlays that no environment names | They say what differs, and nothing reads them: every environment is as if they were not there. | overlays: [PATH] in the environment that they are for, in catalogsync.yaml; else remove them.
overlay-remove | $remove with something beside it | `$remove: true` takes an entry of a list away, so nothing else can be said of it. | Write the entry's key and $remove: true alone.
overlay-without-effect | null for what is not there | `null` takes a field away; the layers below do not have it, so the name may be misspelt. | Correct the name, or leave it out.
overlay-without-item | an overlay for a phase, card or offer that is not there | An overlay says only what differs from an entry of the same key, so that a misspelt key is noticed. | Check the key; an entry that is meant to be new needs $add: true beside its key.
overlay-without-object | an overlay for an object that is not there | An overlay says only what differs, so there must be something it differs from. | Check kind and key, or write the whole object in the catalog.
yaml-alias | an alias | Aliases can blow a small file up to gigabytes, and hide where a value comes from. | Write the value out.
yaml-anchor | an anchor | See yaml-alias. | Write the value out where it is needed.
yaml-bare-point | a number that begins or ends with a point | YAML readers disagree on whether it is a number. | Write 0.5 or 5.0.
yaml-bom | a byte order mark | It is invisible and some tools choke on it. | Save the file as UTF-8 without a mark.
yaml-boolean-word | yes, no, on or off without quotes | YAML 1.1 reads them as true or false, others as text: a country code NO would become false. | Write true or false, or quote the text.
yaml-comma | a number with a comma in braces or brackets | There a comma ends a value: {amount: 18,000} says 18, and a member named 000. | 18000, or 0.5: digits, and a decimal point at most.
yaml-comment-in-value | a # that may have swallowed the end of a value | Everything after a blank and # is a comment. | Quote the value if the # belongs to it.
yaml-conflict | the marks of a merge that is not finished | Git could not join two changes, and wrote both into the file. | Keep one side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.
yaml-control-character | a control character | It cannot be seen, and the server's database may refuse it. | Remove it.
yaml-date | a date without quotes | YAML reads it as a date, not as the text the API wants. | Quote it: "2026-01-31T00:00:00Z".
yaml-duplicate-key | one name twice in a mapping | Most readers silently keep the last one. | Keep one; both places are shown. Where a second object begins, a line --- belongs above it.
yaml-empty | an empty document | It says nothing. | Remove the --- or write an object.
yaml-encoding | the file is not UTF-8 | It cannot be read without guessing. | Save it as UTF-8.
yaml-exponent | a number with an exponent | 1e3 is a text to some readers and a number to others. | Write the digits: 1000.
yaml-infinity | infinity or not-a-number | JSON has neither. | Write a number.
yaml-key-not-text | a name that is not text | Names in JSON are texts. | Quote it.
yaml-leading-zero | a number with a leading zero | YAML 1.1 reads 010 as eight. | Write 10, or quote the text.
yaml-line-separator | a line separator that is not a newline | Editors show other line numbers than we do. | Use newlines.
yaml-long-number | a number with too many digits | It is longer than any amount, and slow to compute with. | Check the number.
yaml-merge-key | a merge key << | It is YAML 1.1 only, and hides where a value comes from. | Write the values out, or use an overlay.
yaml-nul | a NUL character | The server answers it with a bare 500. | Remove it.
yaml-plus-sign | a number with a plus sign | Readers disagree on it, and the API refuses it in amounts. | Leave the sign out.
yaml-radix | a hexadecimal, octal or binary number | Readers disagree on it. | Write it in decimal.
yaml-sexagesimal | digits with colons | YAML 1.1 reads 12:30 as 750. | Quote the text.
yaml-syntax | no YAML | The file cannot be read from this place on. | Often a missing colon, space or quote on this line or the one before, a comment that does not begin with #, or a character that only looks like a space or a quotation mark.
yaml-tab | a tab | YAML allows no tabs for indentation. | Use blanks.
yaml-tag | a tag | Tags make readers build other things than they show. | Leave the tag out, quote where needed.
yaml-template | a place that a template fills in | Manifests are read as they are: Helm, Jinja or a shell do not go over them, so the mark would be what is charged or shown. | Write the value; what differs between environments belongs into an overlay, a secret is {env: NAME}.
yaml-too-deep | too many levels | No manifest is that deep. | Check the indentation.
yaml-underscore | a number with underscores | YAML 1.1 drops them, others read a text. | Write the digits alone.
"""
