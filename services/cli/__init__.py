"""The command line `frontdesk`: one module or package per command group, each with an `app`."""
