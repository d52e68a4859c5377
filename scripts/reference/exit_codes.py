"""Exit codes, in one table."""

from __future__ import annotations

from scripts.reference.markdown import DRAWN, table

MEANING = {
    0: ("done, or nothing to do", "every verb"),
    1: (
        "failed: errors in the files, a server that refused or was not reached; `doctor` found a problem, `try` an event that cannot be read",
        "every verb",
    ),
    2: (
        "changes are pending; the files are ahead of the live objects",
        "`plan` and `diff` with `--exit-code`; `drift`",
    ),
    3: (
        "refused by a guard: no answer or no `--yes`, a plan that is stale, unproven, made for another server, or stopped by a fuse; "
        "an environment that is locked; a key or a secret that is not there",
        "`plan`, `apply`, `promote`, `unlock`; without the key every verb that asks a server",
    ),
    4: (
        "incomplete: steps that failed, whose end is unknown, or that were not tried; of many environments, some failed",
        "`apply`, `promote`; `plan` with `-e` PATTERN",
    ),
    5: ("a live object moved, or may have", "`drift`"),
    64: ("the command line or `catalogsync.yaml` is wrong", "every verb"),
    130: ("interrupted; `apply` finished what was under way", "every verb"),
}
"""What each exit code means, and which verbs end with it."""
_HEAD = """# Exit codes

The same for every output format. A script that asks whether something is to be done takes `plan --exit-code`: 0 nothing, 2 something, all else
is a problem.

"""


def page() -> str:
    """docs/reference/exit-codes.md."""
    return "".join(
        [
            _HEAD,
            DRAWN,
            "\n",
            table(["code", "means", "from"], [(str(number), *said) for number, said in MEANING.items()]),
        ]
    )
