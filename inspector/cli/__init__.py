"""The command line. Everything heavy is imported when a command runs, so that help comes at once."""


def main() -> None:
    """Run the command line on this process's arguments."""
    import gc
    import sys

    gc.disable()  # until all is imported: hardly anything of it is garbage, and looking for it takes a sixth of the start
    from inspector.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a terminal that lacks Chinese shows question marks, not a traceback
            reconfigure(errors="replace")
    app(prog_name="inspector")
