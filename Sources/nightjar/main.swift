import Console
import Glibc

exit(Command.run(CommandLine.arguments))
