"""`ccm-gitops completion`: the script that teaches a shell to complete commands, flags and ids."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion of a shell: commands, flags, and the ids of your file.

    \b
    Examples:
      echo 'eval "$(ccm-gitops completion bash)"' >> ~/.bashrc
      echo 'eval "$(ccm-gitops completion zsh)"' >> ~/.zshrc      (after compinit)
      ccm-gitops completion fish > ~/.config/fish/completions/ccm-gitops.fish
    """
    from click.shell_completion import get_completion_class

    from ccm_gitops.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, "ccm-gitops", "_CCM_GITOPS_COMPLETE")
    source = script.source_template % script.source_vars()
    # click's function for fish would end each explanation at its first comma.
    click.echo(source.replace('string split ","', 'string split --max 1 ","'))
    return 0
