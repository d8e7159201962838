// Command tonistiigi-binfmt does what /usr/bin/binfmt of the tonistiigi/binfmt image does: it installs and uninstalls
// emulators by the name of an architecture, leaves in place what is registered already, logs failures as "error: …" without
// ever failing itself, and ends with a status in JSON.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"multiarch-lab/emulators"
)

// Set at link time.
var version, qemu = "unknown", "unknown"

// Keyed by Go's name for the architecture.
var emulated = []struct {
	architecture, entry string
	platforms           []string
}{
	{"arm64", "qemu-aarch64", []string{"linux/arm64"}},
	{"riscv64", "qemu-riscv64", []string{"linux/riscv64"}},
	{"ppc64le", "qemu-ppc64le", []string{"linux/ppc64le"}},
	{"s390x", "qemu-s390x", []string{"linux/s390x"}},
	{"loong64", "qemu-loongarch64", []string{"linux/loong64"}},
	{"mips64le", "qemu-mips64el", []string{"linux/mips64le"}},
	{"mips64", "qemu-mips64", []string{"linux/mips64"}},
	{"arm", "qemu-arm", []string{"linux/arm/v7", "linux/arm/v6"}},
}

func main() {
	install := flag.String("install", "", "architectures to install")
	uninstall := flag.String("uninstall", "", "architectures to uninstall")
	showVersion := flag.Bool("version", false, "display version")
	flag.Parse()
	if *showVersion {
		fmt.Printf("binfmt/%s qemu/%s go/%s\n", version, qemu, strings.TrimPrefix(runtime.Version(), "go"))
		return
	}
	if err := run(*install, *uninstall); err != nil {
		log.Printf("error: %+v", err)
	}
}

func run(install, uninstall string) error {
	if err := emulators.Mount(); err != nil {
		return err
	}
	if uninstall != "" {
		for _, name := range strings.Split(uninstall, ",") {
			remove(strings.TrimSpace(name))
		}
	}
	if install != "" {
		entries, err := emulators.All()
		if err != nil {
			return err
		}
		for _, architecture := range architectures(install) {
			add(architecture, entries)
		}
	}
	registered, err := registeredNames()
	if err != nil {
		return err
	}
	status, err := json.MarshalIndent(struct {
		Supported []string `json:"supported"`
		Emulators []string `json:"emulators"`
	}{supported(registered), registered}, "", "  ")
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", status)
	return nil
}

func architectures(list string) []string {
	var names []string
	for _, name := range strings.Split(list, ",") {
		if name = strings.TrimSpace(name); name != "all" {
			names = append(names, strings.TrimPrefix(name, "linux/"))
			continue
		}
		for _, each := range emulated {
			names = append(names, each.architecture)
		}
	}
	return names
}

func entryName(architecture string) string {
	architecture, _, _ = strings.Cut(architecture, "/")
	for _, each := range emulated {
		if each.architecture == architecture {
			return each.entry
		}
	}
	return ""
}

func add(architecture string, entries []emulators.Entry) {
	name := entryName(architecture)
	found := slices.IndexFunc(entries, func(entry emulators.Entry) bool { return entry.Name == name })
	if found < 0 {
		log.Printf("error: unsupported architecture: %v", architecture)
		return
	}
	entry := entries[found]
	if emulators.Registered(entry.Name) {
		log.Printf("installing: %s %s already registered", architecture, entry.Name)
		return
	}
	if _, err := os.Stat(entry.Interpreter); err != nil {
		log.Printf("installing: %s error: %v", architecture, err)
		return
	}
	if err := emulators.Register(entry); err != nil {
		log.Printf("installing: %s error: %v", architecture, err)
		return
	}
	log.Printf("installing: %s OK", architecture)
}

func remove(name string) {
	if entry := entryName(name); entry != "" {
		name = entry
	}
	registered, err := registeredNames()
	if err != nil {
		log.Printf("uninstalling: %s error: %v", name, err)
		return
	}
	found := false
	for _, each := range registered {
		if matched, err := path.Match(name, each); err != nil || !matched {
			continue
		}
		found = true
		if err := emulators.Unregister(each); err != nil {
			log.Printf("uninstalling: %s error: %v", each, err)
			continue
		}
		log.Printf("uninstalling: %s OK", each)
	}
	if !found {
		log.Printf("uninstalling: %s not found", name)
	}
}

func registeredNames() ([]string, error) {
	files, err := os.ReadDir(emulators.Mountpoint)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, file := range files {
		if file.Name() != "register" && file.Name() != "status" {
			names = append(names, file.Name())
		}
	}
	return names, nil
}

func supported(registered []string) []string {
	platforms := native()
	for _, each := range emulated {
		if !slices.Contains(registered, each.entry) {
			continue
		}
		status, err := os.ReadFile(filepath.Join(emulators.Mountpoint, each.entry))
		if err == nil && strings.HasPrefix(string(status), "enabled") {
			platforms = append(platforms, each.platforms...)
		}
	}
	return platforms
}

func native() []string {
	if runtime.GOARCH != "amd64" {
		return []string{runtime.GOOS + "/" + runtime.GOARCH}
	}
	platforms := []string{"linux/amd64"}
	// https://gitlab.com/x86-psABIs/x86-64-ABI, levels v2 and v3, by what each adds last
	if information, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if strings.Contains(string(information), " sse4_2 ") {
			platforms = append(platforms, "linux/amd64/v2")
		}
		if strings.Contains(string(information), " avx2 ") {
			platforms = append(platforms, "linux/amd64/v3")
		}
	}
	return append(platforms, "linux/386")
}
