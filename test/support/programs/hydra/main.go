// Ory Hydra's own command. Its module replaces one of its requirements by a folder that is not published with it, so it
// builds as a requirement of another module only.
package main

import "github.com/ory/hydra/v2/cmd"

func main() { cmd.Execute() }
