"""`python -m ccm_gitops` is the installed command."""

from ccm_gitops.cli import main

if __name__ == "__main__":
    main()
