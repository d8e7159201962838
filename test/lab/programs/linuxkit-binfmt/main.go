// Command linuxkit-binfmt does what /usr/bin/binfmt of the linuxkit/binfmt image does: it takes no arguments, mounts
// binfmt_misc when that is missing, registers every line of /etc/binfmt.d/*.conf in place of what has its name, and stops at
// the first failure.
package main

import (
	"log"
	"os"
	"path/filepath"

	"multiarch-lab/emulators"
)

func main() {
	log.SetFlags(0)
	if err := emulators.Mount(); err != nil {
		log.Fatal(err)
	}
	files, err := filepath.Glob("/etc/binfmt.d/*.conf")
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range files {
		if err := registerAll(file); err != nil {
			log.Fatal(err)
		}
	}
}

func registerAll(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	entries, err := emulators.Parse(string(text))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if emulators.Registered(entry.Name) {
			if err := emulators.Unregister(entry.Name); err != nil {
				return err
			}
		}
		if err := emulators.Register(entry); err != nil {
			return err
		}
	}
	return nil
}
