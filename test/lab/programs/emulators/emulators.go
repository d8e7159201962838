// Package emulators registers QEMU's user-mode emulators with the kernel's binfmt_misc.
package emulators

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Mountpoint is where the kernel shows what is registered.
const Mountpoint = "/proc/sys/fs/binfmt_misc"

//go:embed linuxkit.conf
var linuxkit string

//go:embed mips.conf
var mips string

// Entry is one line of a binfmt.d file.
type Entry struct {
	Name, Interpreter, Line string
}

// All returns the entries that this package carries.
func All() ([]Entry, error) {
	return Parse(linuxkit + mips)
}

// Parse reads the format of a binfmt.d file, in which the first character of a line is its separator.
func Parse(text string) ([]Entry, error) {
	var entries []Entry
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		fields := strings.Split(line, line[:1])
		if len(fields) != 8 || fields[1] == "" {
			return nil, fmt.Errorf("not a binfmt_misc line: %s", line)
		}
		entries = append(entries, Entry{Name: fields[1], Interpreter: fields[6], Line: line})
	}
	return entries, nil
}

// Mount makes binfmt_misc visible; a container has a /proc of its own, without it.
func Mount() error {
	if _, err := os.Stat(filepath.Join(Mountpoint, "register")); err == nil {
		return nil
	}
	if err := syscall.Mount("binfmt_misc", Mountpoint, "binfmt_misc", 0, ""); err != nil {
		return fmt.Errorf("cannot mount binfmt_misc filesystem at %s, is the container privileged? %w", Mountpoint, err)
	}
	return nil
}

// Registered tells whether the kernel has an entry of that name.
func Registered(name string) bool {
	_, err := os.Stat(filepath.Join(Mountpoint, name))
	return err == nil
}

// Register adds an entry; the kernel refuses a name that it has.
func Register(entry Entry) error {
	// The kernel wants the whole line in one write.
	if err := os.WriteFile(filepath.Join(Mountpoint, "register"), []byte(entry.Line), 0); err != nil {
		return fmt.Errorf("cannot register %s: %w", entry.Name, err)
	}
	return nil
}

// Unregister removes an entry; one that is not there is removed already.
func Unregister(name string) error {
	err := os.WriteFile(filepath.Join(Mountpoint, name), []byte("-1"), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot unregister %s: %w", name, err)
	}
	return nil
}
