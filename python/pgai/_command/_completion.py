"""`pgai completion`: what a shell needs to complete the command."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_(shell: str) -> None:
    """Print what completes this command in a shell.

    \b
    Examples:
      eval "$(pgai completion bash)"
      pgai completion fish > ~/.config/fish/completions/pgai.fish
    """
    from click.shell_completion import get_completion_class

    from ._group import cli

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(cli, {}, "pgai", "_PGAI_COMPLETE").source())
