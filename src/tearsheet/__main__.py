"""`python -m tearsheet`: the command line where the script is not on the path."""

from tearsheet.cli import main

main()
