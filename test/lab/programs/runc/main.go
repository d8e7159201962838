// Command runc stands in front of an OCI runtime on hosts that lack some capabilities.
//
// A container engine writes "all capabilities" into a privileged container's bundle; a runtime that cannot grant one of them
// refuses to start it. This program takes the capabilities that this host lacks out of what it is asked to run, then
// becomes the real runtime, which stands beside it with ".real" at the end of its name. On a host that lacks none it changes
// nothing.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	if lacking, err := lackingCapabilities(); err != nil {
		warn(err)
	} else if len(lacking) > 0 {
		if err := trim(os.Args[1:], lacking); err != nil {
			warn(err)
		}
	}
	self, err := os.Executable()
	if err == nil {
		runtime := self + ".real"
		err = fmt.Errorf("%s: %w", runtime, syscall.Exec(runtime, append([]string{runtime}, os.Args[1:]...), os.Environ()))
	}
	warn(err)
	os.Exit(127)
}

func warn(err error) {
	fmt.Fprintf(os.Stderr, "lab runtime: %v\n", err)
}

// https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h, in the order of their numbers
var capabilities = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
	"CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
	"CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
	"CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
	"CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
}

func lackingCapabilities() (map[string]bool, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil, err
	}
	_, rest, found := strings.Cut(string(status), "\nCapBnd:")
	if !found {
		return nil, fmt.Errorf("/proc/self/status has no CapBnd line")
	}
	line, _, _ := strings.Cut(rest, "\n")
	bounding, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	if err != nil {
		return nil, err
	}
	lacking := map[string]bool{}
	for number, name := range capabilities {
		if bounding&(1<<number) == 0 {
			lacking[name] = true
		}
	}
	return lacking, nil
}

// trim edits the file that describes the process: the bundle's config.json for create and run, the process file for exec.
func trim(arguments []string, lacking map[string]bool) error {
	command := ""
	bundle, process := ".", ""
	for i := 0; i < len(arguments); i++ {
		name, value, inline := strings.Cut(arguments[i], "=")
		switch {
		case name == "create" || name == "run" || name == "restore" || name == "exec":
			if command == "" {
				command = name
			}
			continue
		case name != "-b" && name != "--bundle" && name != "-p" && name != "--process":
			continue
		}
		if !inline {
			if i++; i == len(arguments) {
				return nil
			}
			value = arguments[i]
		}
		if name == "-b" || name == "--bundle" {
			bundle = value
		} else {
			process = value
		}
	}
	switch {
	case command == "exec" && process != "":
		return edit(process, func(document object) (object, error) { return withoutCapabilities(document, lacking) })
	case command != "" && command != "exec":
		return edit(filepath.Join(bundle, "config.json"), func(document object) (object, error) {
			return within(document, "process", func(process object) (object, error) {
				return withoutCapabilities(process, lacking)
			})
		})
	}
	return nil
}

// object keeps the members that this program does not know as they are.
type object = map[string]json.RawMessage

func edit(path string, change func(object) (object, error)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var document object
	if err := json.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if document, err = change(document); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if text, err = json.Marshal(document); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o600)
}

func within(document object, name string, change func(object) (object, error)) (object, error) {
	var member object
	if err := json.Unmarshal(document[name], &member); err != nil || member == nil {
		return document, err
	}
	member, err := change(member)
	if err != nil {
		return document, err
	}
	document[name], err = json.Marshal(member)
	return document, err
}

func withoutCapabilities(process object, lacking map[string]bool) (object, error) {
	if process["capabilities"] == nil {
		return process, nil
	}
	return within(process, "capabilities", func(sets object) (object, error) {
		for set, text := range sets {
			var names []string
			if err := json.Unmarshal(text, &names); err != nil {
				return sets, err
			}
			kept := []string{}
			for _, name := range names {
				if !lacking[name] {
					kept = append(kept, name)
				}
			}
			var err error
			if sets[set], err = json.Marshal(kept); err != nil {
				return sets, err
			}
		}
		return sets, nil
	})
}
