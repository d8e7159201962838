import { r as __toESM } from "./rolldown-runtime.js";
import { $ as ownerOf, An as WorkError, B as probeEndpoints, C as removeCommand, Cn as execToEnd, En as shellQuote, Et as renderRegistryToml, M as dockerRunAdvice, N as probeEngine, O as explainWriteError, On as CancelledError, Q as ownerLife, S as readLogs, Sn as exec, St as writePrivateFiles, T as startDaemon, Tn as formatCommand, _ as filesInContainer, a as isEmulated, b as isNameTaken, bn as ExecError, bt as planRunTls, c as linuxkitArchitectures, d as readBinfmtMisc, et as readStartTime, g as createDaemon, gt as buildxArguments, h as createCommands, i as entryName, in as peekState, jn as describeError, l as proofProgram, m as containerAddress, mn as neutralise, n as embeddedEmulator, o as isIntact, r as entriesFor, rn as jobFolder, s as isNative, t as removeDaemon, u as binfmtMiscFolder, v as findTcpPort, vt as formatEndpoint, w as startCommand, wt as resolveRegistries, x as joinDaemon, xt as runTlsFiles, y as inspectDaemon, yt as parseEndpoint, z as planRemote } from "./shared.js";
import { F as samePlatform, j as formatPlatform } from "./oci.js";
import { t as provideImage } from "./pull2.js";
import { constants, copyFileSync, createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createHash, randomUUID } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { connect, createServer } from "node:net";
import { createGunzip } from "node:zlib";
import { access, chmod, lstat, mkdir, mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { pipeline } from "node:stream/promises";
// src/steps/setup/labels.ts
const labels = {
	job: "multiarch",
	spec: "multiarch.spec",
	user: "multiarch.owner",
	run: "multiarch.run",
	host: "multiarch.host",
	pid: "multiarch.pid",
	state: "multiarch.state",
	expires: "multiarch.expires"
};
const lifeSeconds = 86400;
function specOf(settings) {
	return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
}
function daemonLabels(facts, spec) {
	const { now, owner, run, state, statePath, user } = facts;
	return {
		[labels.job]: state.job,
		[labels.spec]: spec,
		[labels.user]: user.name,
		[labels.run]: run,
		[labels.host]: owner.host,
		[labels.pid]: String(owner.pid),
		[labels.state]: statePath,
		[labels.expires]: String(Math.floor(now / 1e3) + lifeSeconds)
	};
}
function isAbandoned({ labels: found }, now, peekOwner = ownerInState) {
	const job = found[labels.job];
	if (job === void 0) return false;
	const owner = peekOwner(found[labels.state] ?? "", job);
	const life = owner === void 0 ? "unknown" : ownerLife(owner);
	if (life !== "unknown") return life === "dead";
	const expires = Number(found[labels.expires]);
	return Number.isFinite(expires) && expires > 0 && now / 1e3 > expires;
}
function ownerInState(path, job) {
	const state = path === "" ? void 0 : peekState(path);
	return state?.job === job ? state.builder?.owner : void 0;
}
// src/steps/setup/reap.ts
async function reapOrphans(engine, now, ports) {
	try {
		for (const { id, labels: found, name } of await listContainers(engine, ports)) {
			if (found[labels.job] === ports.state.read().job || !isAbandoned({ labels: found }, now)) continue;
			await ports.exec(removeCommand({
				engine,
				name: id
			}));
			ports.log.info(`removed the container ${name}, which a job that is over had left behind`);
		}
	} catch (error) {
		if (ports.signal.aborted) throw error;
		ports.log.warning(`what other jobs left behind could not be removed: ${describeError(error)}`);
	}
}
async function reapProcesses(now, ports) {
	const { findDaemonProcesses, stopDaemonProcess } = await import("./process-life.js");
	for (const { labels: found, removal } of findDaemonProcesses()) {
		if (found[labels.job] === ports.state.read().job || !isAbandoned({ labels: found }, now)) continue;
		try {
			await stopDaemonProcess(removal, ports);
			const folder = dirname(removal.root);
			if (basename(folder) === `multiarch-${found[labels.job]}`) await rm(folder, { recursive: true });
			ports.log.info(`stopped the BuildKit daemon in ${removal.root}, which a job that is over had left behind`);
		} catch (error) {
			if (ports.signal.aborted) throw error;
			ports.log.warning(`what another job left behind could not be removed: ${describeError(error)}`);
		}
	}
}
async function listContainers(engine, ports) {
	const format = `--format={{.ID}}\t{{.Names}}${Object.values(labels).map((label) => `\t{{.Label ${JSON.stringify(label)}}}`).join("")}`;
	const args = [
		"ps",
		"--all",
		`--filter=label=${labels.job}`,
		format
	];
	const { stdout } = await ports.exec({
		program: engine,
		args
	});
	return stdout.split("\n").filter((line) => line !== "").map((line) => {
		const [id = "", name = "", ...values] = line.split("	");
		const found = Object.values(labels).map((label, index) => [label, values[index] ?? ""]);
		return {
			id,
			name,
			labels: Object.fromEntries(found)
		};
	});
}
// src/container-image/on-demand.ts
async function withImage(reference, options, use) {
	try {
		return await use(reference);
	} catch (error) {
		if (!isImageMissing(error)) throw error;
	}
	const { provideImage } = await import("./pull.js");
	return use((await provideImage(reference, options)).reference);
}
function askWith(ports) {
	return async (reference, patience) => {
		const { askRegistry } = await import("./ask-registry.js");
		await askRegistry(reference, patience, ports);
	};
}
function isImageMissing(error) {
	for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof ExecError && /no such image|unable to find image|image not known/i.test(cause.stderr)) return true;
	return false;
}
// src/steps/setup/daemon-flags.ts
function daemonFlags({ allow, buildkitdFlags }) {
	return [...[...new Set(allow.map((entitlement) => entitlement.replace(/=.*/, "")))].map((entitlement) => `--allow-insecure-entitlement=${entitlement}`), ...buildkitdFlags];
}
// src/steps/setup/plan-container.ts
function planContainer(inputs, facts, options) {
	const { engine, image, folder } = options;
	const name = inputs.name === "" ? `multiarch-${facts.state.job}` : `multiarch-${inputs.name}`;
	const files = planFiles(inputs, facts, resolveRegistries(inputs.registries, facts.cwd));
	const spec = specOf({
		image,
		network: inputs.daemonNetwork,
		memory: inputs.memory,
		cpus: inputs.cpus,
		options: inputs.containerOptions,
		flags: daemonFlags(inputs),
		expose: inputs.expose,
		files
	});
	const existing = planExisting(name, spec, facts);
	return {
		driver: `${engine}-container`,
		files,
		existing,
		...existing === "replace" && facts.existing !== void 0 ? { replaced: facts.existing.id } : {},
		...existing === "use" && inputs.expose === "tcp" ? { exposed: knownEndpoint(name, facts) } : {},
		container: {
			engine,
			name,
			image,
			labels: daemonLabels(facts, spec),
			...given("network", inputs.daemonNetwork),
			...given("memory", inputs.memory),
			...given("cpus", inputs.cpus),
			options: inputs.containerOptions,
			flags: daemonFlags(inputs),
			...inputs.keepState ? { volume: name } : {},
			...facts.sharesMachine ? { socket: {
				folder: `${folder}/socket`,
				...socketGroup(facts)
			} } : {},
			...files.length === 0 && inputs.expose === "none" ? {} : { files: `${folder}/files` },
			...inputs.expose === "none" ? {} : { tcp: { hostNetwork: inputs.daemonNetwork === "host" } },
			hasConfig: files.some(({ path }) => path === configFile)
		},
		removal: !inputs.cleanup || existing === "use" && facts.existing?.labels[labels.job] !== facts.state.job ? { kind: "none" } : {
			kind: "container",
			engine,
			name,
			keepVolume: inputs.keepState
		}
	};
}
const configFile = "buildkitd.toml";
function knownEndpoint(name, { existing, state }) {
	const exposed = state.builder?.exposed;
	if (exposed !== void 0 && existing?.labels[labels.job] === state.job) return exposed;
	throw foreignTcp(name);
}
function foreignTcp(name) {
	return new WorkError(`the daemon ${name} of another job listens for TCP with certificates of that job`, { fix: "use another name, or leave expose out in both" });
}
function given(key, value) {
	return value === "" ? {} : { [key]: value };
}
function socketGroup({ user }) {
	return user.uid === 0 ? {} : { group: user.gid };
}
function planFiles(inputs, facts, registries) {
	const sources = [...new Set(registries.flatMap(({ ca, cert, key }) => [
		ca,
		cert,
		key
	]))].filter((path) => path !== void 0);
	const nameOf = (source) => `registries/${sources.indexOf(source)}.pem`;
	const config = [inputs.buildkitdConfigInline || facts.config, renderRegistryToml(registries, (source) => `${filesInContainer}/${nameOf(source)}`)].filter((part) => part !== "");
	return [...config.length === 0 ? [] : [{
		path: configFile,
		text: config.join("\n")
	}], ...sources.map((source) => ({
		path: nameOf(source),
		source
	}))];
}
function planExisting(name, spec, facts) {
	const { existing, now, state } = facts;
	if (existing === void 0) return "none";
	const judged = judgeExisting(name, spec, existing, {
		job: state.job,
		now
	});
	return judged === "starts" ? "none" : judged;
}
function judgeExisting(name, spec, existing, { job, now }) {
	const owner = existing.labels[labels.job];
	if (owner === void 0) throw new WorkError(`there is a container ${name} that is not ours`, { fix: "choose another name, or remove it" });
	const isSame = existing.labels[labels.spec] === spec;
	if (existing.running && isSame) return "use";
	if (owner === job || isAbandoned(existing, now)) return "replace";
	if (/^(?:exited|dead|stopped)$/.test(existing.status)) return "replace";
	if (isSame) return "starts";
	throw new WorkError(`the daemon ${name} of another job runs with other settings`, { fix: "use the same settings in both, or another name" });
}
// src/steps/setup/start-container.ts
function containerCommands({ container, existing, replaced }) {
	const { engine, name } = container;
	switch (existing) {
		case "use": return [];
		case "none": return createCommands(container);
		case "replace": return [removeCommand({
			engine,
			name: replaced ?? name
		}), ...createCommands(container)];
		default: return existing;
	}
}
async function createContainer(plan, mirrors, now, ports) {
	const { container, existing, files, replaced } = plan;
	if (existing === "use") return false;
	for (const folder of [container.socket?.folder, container.files]) {
		if (folder === void 0) continue;
		rmSync(folder, {
			recursive: true,
			force: true
		});
		mkdirSync(folder, {
			recursive: true,
			mode: 448
		});
	}
	for (const { path, source, text = "" } of files) {
		const target = join(container.files ?? "", path);
		mkdirSync(dirname(target), { recursive: true });
		if (source === void 0) writeFileSync(target, text, { mode: 384 });
		else copyFileSync(source, target);
	}
	if (container.tcp !== void 0) {
		const { issueCertificates } = await import("./certificates.js");
		writePrivateFiles(planRunTls(issueCertificates(/* @__PURE__ */ new Date()), tlsFolders(container)));
	}
	const { exec, log, signal } = ports;
	const options = {
		engine: container.engine,
		mirrors,
		exec,
		ask: askWith(ports),
		log,
		signal
	};
	const toEnd = execToEnd(signal);
	if (replaced !== void 0) await removeIfThere({
		...container,
		name: replaced
	}, toEnd);
	for (let waited = false;; waited = true) {
		try {
			await withImage(container.image, options, (image) => createDaemon(image, createCommands({
				...container,
				image
			}), toEnd));
			return true;
		} catch (error) {
			if (!isNameTaken(error)) throw error;
		}
		if (!waited) log.info(`another job starts the daemon ${container.name}; waiting for it`);
		if (await awaitNeighbour(container, now, ports)) return false;
	}
}
async function awaitNeighbour(container, now, ports) {
	const { exec, signal, state } = ports;
	const { name } = container;
	const spec = container.labels[labels.spec] ?? "";
	for (const end = performance.now() + startMilliseconds;;) {
		await setTimeout$1(50, void 0, { signal });
		const found = await inspectDaemon(container, exec);
		if (found === void 0) return false;
		switch (judgeExisting(name, spec, found, {
			job: state.read().job,
			now
		})) {
			case "use":
				if (container.tcp !== void 0) throw foreignTcp(name);
				return true;
			case "replace":
				await removeIfThere({
					...container,
					name: found.id
				}, execToEnd(signal));
				return false;
			case "starts": if (performance.now() > end) throw new WorkError(`the daemon ${name}, which another job made, does not start`);
		}
	}
}
const startMilliseconds = 6e4;
async function removeIfThere(container, exec) {
	try {
		await exec(removeCommand(container));
	} catch (error) {
		if (!(error instanceof ExecError) || !/no such container/i.test(error.stderr)) throw error;
	}
}
async function startContainer(plan, made, ports) {
	if (made) return startDaemon(plan.container, ports.exec);
	if (plan.existing !== "use") return joinDaemon(plan.container, ports.exec);
	const { builder } = ports.state.read();
	return builder?.endpoints[0]?.address ?? containerAddress(plan.container);
}
async function exposedEndpoint({ container, exposed }, { exec }) {
	if (container.tcp === void 0 || exposed !== void 0) return exposed;
	return {
		address: `tcp://127.0.0.1:${await findTcpPort(container, exec)}`,
		tls: runTlsFiles(tlsFolders(container))
	};
}
function tlsFolders({ files = "" }) {
	return {
		server: join(files, "tls"),
		client: join(dirname(files), "tls")
	};
}
// src/steps/setup/daemon.ts
function openDaemon(plan, options, ports) {
	switch (plan.driver) {
		case "docker-container":
		case "podman-container": return openContainer(plan, options, ports);
		case "process": return openProcess(plan, options, ports);
		case "remote": return openRemote(plan, ports);
		default: return plan;
	}
}
function openContainer(plan, { mirrors, now, onRemoval }, ports) {
	const { container } = plan;
	const { engine, name } = container;
	let made = false;
	onRemoval(plan.removal);
	return {
		prepare: async () => {
			made = await createContainer(plan, mirrors, now, ports);
			if (!made && plan.existing !== "use") onRemoval({ kind: "none" });
		},
		start: async () => [{ address: await startContainer(plan, made, ports) }],
		exposed: () => exposedEndpoint(plan, ports),
		place: () => Promise.resolve({
			kind: "container",
			engine,
			name
		}),
		copyBuildctl: async (target) => {
			await ports.exec({
				program: engine,
				args: [
					"cp",
					`${name}:/usr/bin/buildctl`,
					target
				]
			});
		},
		reap: () => reapOrphans(engine, now, ports),
		log: () => readLogs(container, exec),
		discard: async () => {
			await removeDaemon({
				kind: "container",
				engine,
				name,
				keepVolume: false
			}, {
				exec,
				job: ports.state.read().job
			});
		}
	};
}
function openProcess(plan, { now, onRemoval, programs }, ports) {
	const { cleanup, config, existing, folder, labels, running, ...rest } = plan;
	let removal = { kind: "none" };
	if (running !== void 0) onRemoval(cleanup ? running.removal : { kind: "none" });
	return {
		prepare: async () => void await programs(),
		start: async () => {
			if (running !== void 0 && existing === "use") return [{ address: running.address }];
			const [{ planDaemonProcess, probeProcess, processAddress }, { startDaemonProcess, stopDaemonProcess }] = await Promise.all([import("./process.js"), import("./process-life.js")]);
			const { env, exec, signal } = ports;
			if (running !== void 0) await stopDaemonProcess(running.removal, { exec });
			const configFile = join(`${folder}.toml`);
			if (config !== "") writePrivateFiles([{
				path: configFile,
				text: config
			}]);
			const daemon = planDaemonProcess({
				...rest,
				folder,
				env,
				programs: (await programs()).folder,
				...config === "" ? {} : { config: configFile }
			}, probeProcess(env));
			await startDaemonProcess(daemon, {
				exec,
				signal,
				labels,
				onStarted: (started) => {
					removal = started;
					onRemoval(cleanup ? started : { kind: "none" });
				}
			});
			return [{ address: processAddress(daemon) }];
		},
		exposed: () => Promise.resolve(void 0),
		place: async () => ({
			kind: "here",
			emulators: (await programs()).folder
		}),
		copyBuildctl: void 0,
		reap: () => reapProcesses(now, ports),
		log: async () => {
			const { readProcessLog } = await import("./process-life.js");
			return readProcessLog(folder);
		},
		discard: async () => {
			if (removal.kind !== "process") return;
			const { stopDaemonProcess } = await import("./process-life.js");
			await stopDaemonProcess(removal, { exec });
		}
	};
}
function openRemote({ remote }, ports) {
	return {
		prepare: async () => {
			const { checkRemoteTls } = await import("./remote.js");
			for (const secret of remote.secrets) ports.mask(secret);
			for (const warning of [...remote.warnings, ...checkRemoteTls(remote, /* @__PURE__ */ new Date())]) ports.log.warning(warning);
			for (const { path } of remote.files) rmSync(path, { force: true });
			writePrivateFiles(remote.files);
		},
		start: () => Promise.resolve(remote.endpoints),
		exposed: () => Promise.resolve(void 0),
		place: void 0,
		copyBuildctl: void 0,
		reap: () => Promise.resolve(),
		log: () => Promise.resolve(""),
		discard: () => Promise.resolve()
	};
}
// src/emulation/binfmt-image.ts
const linuxkitImage = "docker.io/linuxkit/binfmt:v0.8";
const tonistiigiImage = "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";
const linuxkitHas = [
	"arm",
	"arm64",
	"loong64",
	"ppc64le",
	"riscv64",
	"s390x"
];
function defaultBinfmtImage(hostArchitecture, wanted = [], present = []) {
	return hostArchitecture === "amd64" && lacking("linuxkit", wanted).length === 0 && replacedBy("linuxkit", present).length === 0 ? linuxkitImage : tonistiigiImage;
}
function replacedBy(family, present) {
	const names = linuxkitHas.map(entryName);
	return family === "linuxkit" ? present.filter((name) => names.includes(name)) : [];
}
function binfmtFamily(image) {
	return /(^|\/)linuxkit\/binfmt([:@]|$)/.test(image) ? "linuxkit" : "tonistiigi";
}
function lacking(family, architectures) {
	return family === "linuxkit" ? architectures.filter((architecture) => !linuxkitHas.includes(architecture)) : [];
}
function registerCommand(options) {
	const { architectures, engine = "docker", image, job, uninstall = [] } = options;
	const run = [
		"run",
		"--rm",
		"--privileged",
		`--label=multiarch=${job}`,
		image
	];
	return {
		program: engine,
		args: binfmtFamily(image) === "linuxkit" ? run : [
			...run,
			...uninstall.length === 0 ? [] : ["--uninstall", uninstall.join(",")],
			"--install",
			architectures.length === 0 ? "all" : architectures.join(",")
		]
	};
}
function parseBinfmtStatus(stdout) {
	try {
		const status = JSON.parse(stdout);
		if (status === null || !("supported" in status)) return void 0;
		return {
			supported: texts(status.supported),
			emulators: texts(status.emulators)
		};
	} catch {
		return;
	}
}
function texts(value) {
	return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
function isPrivilegeRefused(output) {
	if (/docker daemon socket|docker API/i.test(output)) return false;
	return /privileged mode is incompatible with user namespaces|authorization denied by plugin/i.test(output) || /privileged[^\n]*(?:not allowed|denied|forbidden|disallowed|refused)/i.test(output) || /(?:not allowed|denied|forbidden|can ?not|can't)[^\n]*privileged/i.test(output) || /operation not permitted|permission denied/i.test(output);
}
// src/emulation/proof.ts
function describeFailure({ reason, detail }) {
	const said = detail === "" ? "" : ` (${detail})`;
	switch (reason) {
		case "no emulator": return `a program for it does not start${said}`;
		case "emulator missing": return `its emulator is not there${said}`;
		case "crashed": return `its emulator crashed${said}`;
		case "wrong answer": return `a program for it gives a wrong answer${said}`;
		case "not tried": return `no program could be run${said}`;
		default: return reason;
	}
}
function proofScript({ architectures, emulators = {}, folder, native }) {
	const provable = architectures.filter((architecture) => proofProgram(architecture) !== void 0);
	const control = proofProgram(native);
	return [
		"ulimit -t 20; ulimit -c 0; umask 077; d=",
		"trap 'rm -rf \"$d\"' EXIT",
		"prove() {",
		"  n=$1; shift; t=$(\"$@\" 2>&1 </dev/null); printf \"proof %s %s %s\\n\" \"$n\" $? \"$t\"",
		"}",
		`for f in ${[
			...folder === void 0 ? [] : [folder],
			"/tmp",
			"/var/tmp",
			"/run",
			"/dev/shm"
		].map(shellQuote).join(" ")}; do`,
		"  d=$(mktemp -d \"$f/multiarch.XXXXXX\" 2>/dev/null) || { d=; continue; }",
		...control === void 0 ? ["  break"] : [
			`  ${writeProgram$1("control", control)}`,
			"  \"$d/control\" </dev/null >/dev/null 2>&1",
			`  [ $? = 42 ] && break`,
			"  rm -rf \"$d\"; d="
		],
		"done",
		"[ -n \"$d\" ] || { echo \"proof - 0 there is no folder in which programs may be run\"; exit 0; }",
		...provable.map((architecture) => writeProgram$1(architecture, proofProgram(architecture) ?? /* @__PURE__ */ new Uint8Array())),
		...provable.map((architecture) => {
			const emulator = emulators[architecture];
			return `prove ${architecture} ${[...emulator === void 0 ? [] : [shellQuote(emulator)], `"$d/${architecture}"`].join(" ")} &`;
		}),
		"wait",
		""
	].join("\n");
}
function writeProgram$1(name, program) {
	return `printf '${[...program].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}' >"$d/${name}"; chmod 700 "$d/${name}"`;
}
function parseProofs(stdout, { architectures, emulators = {} }) {
	const found = /* @__PURE__ */ new Map();
	let last;
	for (const line of stdout.split("\n")) {
		const match = /^proof (\S+) (\d+) ?(.*)$/.exec(line);
		if (match === null) {
			if (last !== void 0) last.said += `\n${line}`;
			continue;
		}
		const entry = {
			code: Number(match[2]),
			said: match[3] ?? ""
		};
		found.set(match[1] ?? "", entry);
		last = entry;
	}
	const nowhere = found.get("-");
	return Object.fromEntries(architectures.map((architecture) => {
		const answer = found.get(architecture);
		if (answer !== void 0) return [architecture, judge(answer.code, answer.said, emulators[architecture])];
		return [architecture, {
			runs: false,
			reason: "not tried",
			detail: proofProgram(architecture) === void 0 ? "there is no proof program for this architecture" : nowhere?.said.trim() ?? "the run of the programs ended early"
		}];
	}));
}
function judge(code, said, emulator) {
	if (code === 42) return { runs: true };
	if (/exec format error/i.test(said)) return {
		runs: false,
		reason: "no emulator",
		detail: ""
	};
	if (code > 128 && code <= 192) return {
		runs: false,
		reason: "crashed",
		detail: `signal ${code - 128}`
	};
	const detail = firstLine(said);
	if (emulator === void 0 && /^exec \S+: no such file/im.test(said)) return {
		runs: false,
		reason: "emulator missing",
		detail: ""
	};
	const cannotStart = code === 126 || code === 127 || code === 2;
	if (emulator !== void 0 && cannotStart && (code === 127 || /not found|no such file/i.test(said))) return {
		runs: false,
		reason: "emulator missing",
		detail: emulator
	};
	if (cannotStart) return {
		runs: false,
		reason: /no such file|required file not found|\/\w+: not found/i.test(said) ? "emulator missing" : "no emulator",
		detail: ""
	};
	return {
		runs: false,
		reason: "wrong answer",
		detail: `exit code ${code}${detail === "" ? "" : `: ${detail}`}`
	};
}
function firstLine(text) {
	return (text.split("\n").find((each) => each.trim() !== "") ?? "").replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200).trim();
}
// src/emulation/plan.ts
function planEmulation(request, facts) {
	const required = request.platforms.length > 0;
	const platforms = wantedPlatforms(request).map((platform) => emulationOf(platform, request, facts));
	if (required) requireSound(platforms);
	return {
		platforms,
		required,
		register: planRegistration(platforms, request, facts)
	};
}
function wantedPlatforms({ hostArchitecture, mode, platforms }) {
	if (platforms.length > 0) return platforms.filter(({ os }) => os === "linux");
	const own = {
		os: "linux",
		architecture: hostArchitecture
	};
	if (mode === "embedded" || mode === "none") return [own];
	return [own, ...linuxkitArchitectures.filter((architecture) => architecture !== hostArchitecture).map((architecture) => ({
		os: "linux",
		architecture,
		...architecture === "arm" ? { variant: "v7" } : {}
	}))];
}
function emulationOf(platform, request, facts) {
	const { architecture } = platform;
	const { binfmt, proofs } = facts;
	if (architecture === request.hostArchitecture) return {
		platform,
		kind: "native"
	};
	const proof = proofs[architecture];
	const [entry, ...shadowed] = entriesFor(architecture, binfmt?.entries ?? []);
	if (entry === void 0) {
		if (proof?.runs === true) return {
			platform,
			kind: binfmt?.state === "mounted" || isNative(architecture, request.hostArchitecture) ? "native" : "registered"
		};
		if ((proof === void 0 || proof.reason === "not tried") && isNative(architecture, request.hostArchitecture)) return {
			platform,
			kind: "native"
		};
		return provideEmulator(platform, request, facts);
	}
	const cause = defect([entry, ...shadowed], binfmt, proof);
	if (cause === void 0) return {
		platform,
		kind: "registered",
		interpreter: entry.interpreter
	};
	if (request.mode === "embedded") return {
		platform,
		kind: "embedded"
	};
	const isInTheWay = entry.name === entryName(architecture);
	const isReplaceable = !isInTheWay || request.reset || binfmt?.enabled === false;
	if (request.mode !== "none" && isReplaceable) {
		const provided = provideEmulator(platform, request, facts);
		return provided.kind === "register" && isInTheWay ? {
			...provided,
			uninstall: entry.name
		} : provided;
	}
	return {
		platform,
		kind: "broken",
		cause,
		fix: `${request.mode === "none" ? "emulation auto with " : ""}reset: true replaces it; so does echo -1 | sudo tee ${binfmtMiscFolder}/${entry.name} before the next run`
	};
}
function defect(entries, binfmt, proof) {
	const [first] = entries;
	const entry = entries.find(isIntact) ?? first;
	if (entry === void 0) return void 0;
	const name = `${entry.name} is registered in binfmt_misc`;
	if (binfmt?.enabled === false) return `${name}, but all of binfmt_misc is switched off`;
	if (!entry.enabled) return `${name}, but disabled`;
	if (!entry.flags.includes("F")) return `${name} without the flag F, so that ${entry.interpreter} is looked for in each container and not found there`;
	if (proof === void 0 || proof.runs || proof.reason === "not tried") return void 0;
	return `${name} with ${entry.interpreter}, but ${describeFailure(proof)}`;
}
function provideEmulator(platform, request, facts) {
	const { engine, hostArchitecture, mode } = request;
	if (!isEmulated(platform.architecture)) return {
		platform,
		kind: "broken",
		cause: "there is no emulator for it",
		fix: "leave it out, or build it on a machine that runs it"
	};
	if (mode === "none") return {
		platform,
		kind: "broken",
		cause: `emulation is none, and this linux/${hostArchitecture} machine can't run it without`,
		fix: "use emulation auto, or leave it to a machine that runs it"
	};
	if (mode === "embedded") return {
		platform,
		kind: "embedded"
	};
	const obstacle = engine === void 0 ? noEngine : registrationObstacle(facts);
	if (obstacle === void 0) return {
		platform,
		kind: "register"
	};
	return mode === "auto" ? {
		platform,
		kind: "embedded",
		because: obstacle.cause
	} : {
		platform,
		kind: "broken",
		cause: obstacle.cause,
		fix: obstacle.fix
	};
}
const noEngine = {
	cause: "emulators are registered by a container, and there is no engine to run it",
	fix: "install Docker, register QEMU on the machine (qemu-user-static), or use emulation embedded"
};
const mountCommand = {
	program: "mount",
	args: [
		"-t",
		"binfmt_misc",
		"binfmt_misc",
		binfmtMiscFolder
	]
};
function registrationObstacle({ binfmt, isRoot }) {
	if (binfmt?.state === "mounted" && !binfmt.enabled) return {
		cause: "all of binfmt_misc is switched off on this machine",
		fix: `echo 1 | sudo tee ${binfmtMiscFolder}/status`
	};
	if (binfmt === void 0 || binfmt.readOnly || binfmt.state === "mounted") return void 0;
	if (binfmt.state === "absent") return {
		cause: "this machine's kernel has no binfmt_misc, or its module is not loaded",
		fix: `sudo modprobe binfmt_misc && sudo ${formatCommand(mountCommand)}`
	};
	if (isRoot) return void 0;
	return {
		cause: "binfmt_misc is not mounted on this machine, so that what is registered would not last",
		fix: `sudo ${formatCommand(mountCommand)}`
	};
}
function planRegistration(platforms, request, { binfmt }) {
	const { engine, hostArchitecture, job } = request;
	const missing = platforms.filter((platform) => platform.kind === "register");
	if (missing.length === 0 || engine === void 0) return void 0;
	const architectures = [...new Set(missing.map(({ platform }) => platform.architecture))];
	const uninstall = [...new Set(missing.flatMap((each) => each.uninstall ?? []))];
	const present = (binfmt?.entries ?? []).map(({ name }) => name);
	const untouched = present.filter((name) => !uninstall.includes(name));
	const image = request.image || defaultBinfmtImage(hostArchitecture, architectures, untouched);
	const family = binfmtFamily(image);
	if (family === "linuxkit" && hostArchitecture !== "amd64") throw new WorkError(`${image} runs on amd64 machines only, and this one is ${hostArchitecture}`, { fix: "leave binfmt-image out, or name a tonistiigi/binfmt image" });
	const without = lacking(family, architectures);
	if (without.length > 0) throw new WorkError(`${image} has no emulator for linux/${without.join(", linux/")}`, { fix: "leave binfmt-image out, or name a tonistiigi/binfmt image" });
	return {
		image,
		command: registerCommand({
			engine,
			image,
			architectures: request.platforms.length === 0 ? [] : architectures,
			uninstall,
			job
		}),
		...binfmt?.state === "unmounted" && !binfmt.readOnly ? { mount: mountCommand } : {},
		replaces: [.../* @__PURE__ */ new Set([...replacedBy(family, present), ...uninstall])]
	};
}
function requireSound(platforms) {
	const broken = platforms.filter((each) => each.kind === "broken");
	if (broken.length === 0) return;
	const fixes = [...new Set(broken.map(({ fix }) => fix))];
	throw new WorkError(broken.map(({ platform, cause }) => `${formatPlatform(platform)} can't be built here: ${cause}`).join("\n"), { fix: fixes.join("; ") });
}
function describeEmulation({ platforms, register }) {
	return [
		...platforms.map((each) => `# ${formatPlatform(each.platform)}: ${describePlatform(each)}`),
		...register?.mount === void 0 ? [] : [formatCommand(register.mount)],
		...register === void 0 ? [] : [formatCommand(register.command)]
	];
}
function describePlatform(emulation) {
	switch (emulation.kind) {
		case "native": return "runs without emulation";
		case "registered": return `emulated by ${emulation.interpreter ?? "what is registered in binfmt_misc"}`;
		case "register": return emulation.uninstall === void 0 ? "an emulator will be registered" : `the emulator ${emulation.uninstall} will be replaced`;
		case "embedded": return `emulated by BuildKit's own ${embeddedEmulator(emulation.platform.architecture)}` + (emulation.because === void 0 ? "" : `, because ${emulation.because}`);
		case "broken": return emulation.cause;
		default: return emulation;
	}
}
// src/emulation/prove.ts
async function probeEmulation(request, { isLocal, folder }, exec) {
	const isRoot = process.getuid?.() === 0;
	if (!isLocal) return {
		binfmt: void 0,
		proofs: {},
		isRoot
	};
	const proofRequest = {
		architectures: architecturesOf(wantedPlatforms(request)).filter((architecture) => architecture !== request.hostArchitecture),
		native: request.hostArchitecture,
		...folder === void 0 ? {} : { folder }
	};
	return {
		binfmt: readBinfmtMisc(),
		proofs: await proveHere(proofRequest, exec),
		isRoot
	};
}
async function proveEmulation({ platforms }, hostArchitecture, place, exec) {
	const folder = place.kind === "here" && place.emulators !== "" ? place.emulators : void 0;
	const emulatorPath = (architecture) => folder === void 0 ? embeddedEmulator(architecture) : join(folder, embeddedEmulator(architecture));
	const tried = platforms.filter(({ kind }) => kind !== "register" && kind !== "broken");
	const architectures = architecturesOf(tried.map(({ platform }) => platform)).filter((architecture) => architecture !== hostArchitecture);
	const embedded = tried.filter(({ kind }) => kind === "embedded").map(({ platform }) => platform.architecture);
	const proofs = await proveAt(place, {
		architectures,
		native: hostArchitecture,
		emulators: Object.fromEntries(embedded.map((architecture) => [architecture, emulatorPath(architecture)])),
		...place.kind === "here" && place.folder !== void 0 ? { folder: place.folder } : {}
	}, exec);
	return tried.map((emulation) => {
		const { platform } = emulation;
		const proof = proofs[platform.architecture] ?? { runs: true };
		return {
			platform,
			...emulatorOf(emulation, emulatorPath),
			proof
		};
	});
}
function proveAt(place, request, exec) {
	switch (place.kind) {
		case "known": return Promise.resolve(place.proofs);
		case "here": return proveHere(request, exec);
		case "container": return proveInContainer(request, place, exec);
		default: return place;
	}
}
function emulatorOf(emulation, emulatorPath) {
	switch (emulation.kind) {
		case "native": return { emulator: "native" };
		case "embedded": return {
			emulator: "embedded",
			interpreter: emulatorPath(emulation.platform.architecture)
		};
		case "registered": return {
			emulator: "binfmt",
			...emulation.interpreter === void 0 ? {} : { interpreter: emulation.interpreter }
		};
		default: return { emulator: "binfmt" };
	}
}
function requireProved(proved) {
	const failures = proved.flatMap((each) => each.proof.runs || each.proof.reason === "not tried" ? [] : [{
		text: `${formatPlatform(each.platform)} can't be built here: ${failureText(each)}`,
		fix: proofFix(each)
	}]);
	if (failures.length > 0) throw new WorkError(failures.map(({ text }) => text).join("\n"), { fix: [...new Set(failures.map(({ fix }) => fix))].join("; ") });
	return proved.filter(({ proof }) => !proof.runs).map(({ platform }) => platform);
}
function failureText({ emulator, interpreter, proof }) {
	if (proof.runs) return "";
	switch (emulator) {
		case "native": return `this machine should run it, but ${describeFailure(proof)}`;
		case "embedded": return proof.reason === "emulator missing" ? `BuildKit here does not bring ${interpreter ?? "an emulator"} along` : `BuildKit brings ${interpreter ?? "an emulator"} along, but ${describeFailure(proof)}`;
		case "binfmt": return `${interpreter ?? "an emulator"} is registered in binfmt_misc, but where builds run ${describeFailure(proof)}`;
		default: return emulator;
	}
}
function proofFix({ emulator, platform }) {
	if (emulator === "native") return "leave it out, or build it on a machine that runs it";
	if (emulator === "embedded") return "use emulation binfmt, or a BuildKit image that has the emulator (moby/buildkit has most)";
	return `reset: true replaces it, and another binfmt-image may do better; echo -1 | sudo tee ${`${binfmtMiscFolder}/${entryName(platform.architecture)}`} takes it out`;
}
async function proveHere(request, exec) {
	if (request.architectures.length === 0) return {};
	return runScript({
		program: "/bin/sh",
		args: ["-c", proofScript(request)]
	}, request, exec);
}
async function proveInContainer(request, { engine, name }, exec) {
	if (request.architectures.length === 0) return {};
	const command = {
		program: engine,
		args: [
			"exec",
			name,
			"sh",
			"-c",
			proofScript(request)
		]
	};
	try {
		return await runScript(command, request, exec);
	} catch (error) {
		if (!(error instanceof ExecError && /"sh": (?:executable file not found|.*no such file)/i.test(`${error.stderr}${error.stdout}`))) throw new WorkError(`no program could be run in the container ${name}`, { cause: error });
		return proveWithoutShell(request, {
			engine,
			name
		}, exec);
	}
}
async function runScript(command, request, exec) {
	const { stdout } = await exec(command);
	return parseProofs(stdout, request);
}
async function proveWithoutShell({ architectures, emulators = {} }, { engine, name }, exec) {
	const target = "/multiarch-proof";
	const folder = await mkdtemp(join(tmpdir(), "multiarch-"));
	try {
		await Promise.all(architectures.map((architecture) => writeFile(join(folder, architecture), proofProgram(architecture) ?? "", { mode: 493 })));
		await exec({
			program: engine,
			args: [
				"cp",
				`${folder}/.`,
				`${name}:${target}`
			]
		});
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
	const prove = async (architecture) => {
		const emulator = emulators[architecture];
		const words = [...emulator === void 0 ? [] : [emulator], `${target}/${architecture}`];
		try {
			await exec({
				program: engine,
				args: [
					"exec",
					name,
					...words
				]
			});
			return [architecture, judge(0, "", emulator)];
		} catch (error) {
			if (!(error instanceof ExecError) || error.exitCode === null) throw error;
			return [architecture, judge(error.exitCode, `${error.stderr}${error.stdout}`, emulator)];
		}
	};
	return Object.fromEntries(await Promise.all(architectures.map(prove)));
}
function architecturesOf(platforms) {
	return [...new Set(platforms.map(({ architecture }) => architecture))];
}
// src/lock.ts
const defaultMilliseconds = 3e5;
const pauseMilliseconds = 10;
async function withLock(name, work, options = {}) {
	const path = lockPath(name);
	if (path === void 0) return work();
	const release = await acquire(path, name, options);
	try {
		return await work();
	} finally {
		await release();
	}
}
function lockPath(name) {
	switch (process.platform) {
		case "linux": return `\0multiarch-${name}`;
		case "win32": return `\\\\.\\pipe\\multiarch-${name}`;
		default: return;
	}
}
async function acquire(path, name, options) {
	const { milliseconds = defaultMilliseconds, onWait, signal } = options;
	const end = performance.now() + milliseconds;
	let owner;
	for (;;) {
		if (signal?.aborted) throw cancellation(signal);
		const release = await listen(path);
		if (release !== void 0) return release;
		const began = performance.now();
		const remaining = end - began;
		await awaitEnd(path, Math.max(remaining, 0), signal, (holder) => {
			if (owner === void 0) onWait?.(holder);
			owner = holder;
		});
		if (performance.now() - began < pauseMilliseconds) await setTimeout$1(pauseMilliseconds);
		if (performance.now() >= end) throw new WorkError(`${owner ?? "another process"} has kept the lock ${name} of this machine for ${Math.round(milliseconds / 1e3)} s`, { fix: "end that process if it hangs, and try again" });
	}
}
function listen(path) {
	return new Promise((resolve) => {
		const waiting = /* @__PURE__ */ new Set();
		const server = createServer((socket) => {
			waiting.add(socket);
			socket.on("error", () => {}).on("close", () => waiting.delete(socket));
			socket.write(`process ${process.pid}\n`);
		});
		server.once("error", (error) => {
			resolve(error.code === "EADDRINUSE" ? void 0 : async () => {});
		});
		server.listen(path, () => {
			resolve(() => new Promise((done) => {
				server.close(() => done());
				for (const socket of waiting) socket.destroy();
			}));
		});
	});
}
function awaitEnd(path, milliseconds, signal, onOwner) {
	return new Promise((resolve) => {
		const socket = connect(path);
		const finish = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", finish);
			socket.destroy();
			resolve();
		};
		const timer = setTimeout(finish, milliseconds);
		signal?.addEventListener("abort", finish);
		socket.on("data", (data) => {
			const pid = /^process (\d{1,10})\n/.exec(data.toString("latin1"))?.[1];
			if (pid !== void 0) onOwner(`process ${pid}`);
		});
		socket.on("error", () => {}).on("close", finish);
	});
}
function cancellation(signal) {
	return signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
}
// src/emulation/register.ts
async function registerEmulators(request, plan, probe, ports) {
	if (plan.register === void 0) return plan;
	const work = async () => {
		const now = planEmulation(request, await probe());
		return now.register === void 0 ? now : register(request, now, now.register, probe, ports);
	};
	return withLock("binfmt", work, {
		...ports.signal === void 0 ? {} : { signal: ports.signal },
		onWait: (owner) => ports.log.info(`waiting for ${owner}, which registers emulators`)
	});
}
async function register(request, plan, { command, image, mount, replaces }, probe, ports) {
	const { exec, log } = ports;
	const instead = replaces.length === 0 ? "" : `, in place of ${replaces.join(", ")}`;
	log.info(`registering emulators with ${image}${instead}`);
	if (mount !== void 0) await mountBinfmtMisc(mount, ports);
	let failure;
	let output = {
		stdout: "",
		stderr: ""
	};
	try {
		output = await exec(command);
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		failure = error;
		output = error;
	}
	const said = [output.stdout, output.stderr].map((text) => text.trim()).join("\n").replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, "").trim();
	log.debug(said);
	const facts = await probe();
	const isElsewhere = facts.binfmt === void 0;
	const status = parseBinfmtStatus(output.stdout);
	const platforms = plan.platforms.map((emulation) => {
		if (emulation.kind !== "register") return emulation;
		const { platform } = emulation;
		if (!isElsewhere) return emulationOf(platform, request, facts);
		return status?.emulators.includes(entryName(platform.architecture)) ?? failure === void 0 ? {
			platform,
			kind: "registered"
		} : emulation;
	});
	const failed = platforms.filter(({ kind }, i) => plan.platforms[i]?.kind === "register" && kind !== "registered" && kind !== "native");
	if (failed.length === 0) return {
		...plan,
		platforms,
		register: void 0
	};
	const obstacle = obstacleIn(said, facts);
	if (request.mode === "auto" && obstacle !== void 0) {
		log.warning(`no emulator could be registered: ${obstacle}; BuildKit's own are used instead`);
		return {
			...plan,
			platforms: platforms.map((each) => failed.includes(each) ? {
				platform: each.platform,
				kind: "embedded"
			} : each),
			register: void 0
		};
	}
	const error = registrationError(image, failed, {
		failure,
		said,
		facts
	});
	if (plan.required || failure !== void 0) throw error;
	log.warning(error.message);
	return {
		...plan,
		platforms,
		register: void 0
	};
}
function obstacleIn(said, facts) {
	if (isReadOnlyFileSystem(said)) return `${binfmtMiscFolder} is read-only (${lastLine(said)})`;
	if (isPrivilegeRefused(said)) return `privileged containers are refused here (${lastLine(said)})`;
	return hasVanished(facts) ? "it was gone again when the container ended, as binfmt_misc is not mounted here" : void 0;
}
function isReadOnlyFileSystem(said) {
	return /read-only file system/i.test(said);
}
function hasVanished({ binfmt }) {
	return binfmt !== void 0 && binfmt.state !== "mounted";
}
async function mountBinfmtMisc(mount, { exec, log }) {
	try {
		await exec(mount);
		log.info(`mounted binfmt_misc, without which what is registered goes away again: ${formatCommand(mount)}`);
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		log.debug(error.message);
	}
}
function registrationError(image, failed, { facts, failure, said }) {
	const what = `no emulator for ${failed.map(({ platform }) => formatPlatform(platform)).join(", ")} could be registered with ${image}`;
	if (failure !== void 0) return new WorkError(what, {
		cause: failure,
		fix: registrationAdvice(said) ?? dockerRunAdvice(said)
	});
	const broken = failed.filter((each) => each.kind === "broken");
	if (broken.length > 0) return new WorkError(`${what}: ${broken.map(({ platform, cause }) => `${formatPlatform(platform)}: ${cause}`).join("; ")}`, { fix: [...new Set(broken.map(({ fix }) => fix))].join("; ") });
	const lines = said.split("\n").filter((line) => isComplaint(line, failed));
	if (lines.length > 0) return new WorkError(`${what}: ${lines.join("; ")}`, { fix: registrationAdvice(said) ?? "name another binfmt-image that has it, or leave the platform out" });
	if (hasVanished(facts)) return new WorkError(`${what}: it was gone again when the container ended, as binfmt_misc is not mounted on this machine`, { fix: `sudo mount -t binfmt_misc binfmt_misc ${binfmtMiscFolder}` });
	return new WorkError(`${what}: it ended well, but has not registered it`, { fix: "name another binfmt-image that has it, or leave the platform out" });
}
function isComplaint(line, failed) {
	const installing = /^installing: (\S+) (.*)$/.exec(line);
	if (installing === null) return /\berror\b|cannot|unsupported/i.test(line);
	return installing[2] !== "OK" && failed.some(({ platform }) => platform.architecture === installing[1]);
}
function registrationAdvice(said) {
	if (isReadOnlyFileSystem(said)) return `${binfmtMiscFolder} is mounted read-only: sudo mount -o remount,rw ${binfmtMiscFolder}, or emulation: embedded`;
	return isPrivilegeRefused(said) ? "privileged containers are refused here: use emulation embedded, or register QEMU on the machine (qemu-user-static)" : void 0;
}
function lastLine(text) {
	return text.split("\n").at(-1) ?? "";
}
// src/steps/setup/emulation.ts
async function registerPlanned({ isLocal, plan, request }, mirrors, ports) {
	const { exec, log, signal } = ports;
	if (plan.register === void 0 || request.engine === void 0) return plan;
	const options = {
		engine: request.engine,
		mirrors,
		exec,
		ask: askWith(ports),
		log,
		signal
	};
	const { reference } = await provideImage(plan.register.image, options);
	const probe = () => probeEmulation(request, { isLocal }, exec);
	return registerEmulators({
		...request,
		image: reference
	}, plan, probe, {
		exec: execToEnd(signal),
		log,
		signal
	});
}
async function provePlanned({ request }, plan, place, workers, ports) {
	for (const each of plan.platforms) if (each.kind === "embedded" && each.because !== void 0) ports.log.warning(`${formatPlatform(each.platform)} is left to BuildKit's own QEMU: ${each.because}`);
	const [proved, listed] = await Promise.all([proveEmulation(plan, request.hostArchitecture, place, ports.exec), workers]);
	if (plan.required) requireListed(requireProved(proved), listed);
	return proved;
}
function requireListed(wanted, listed) {
	const missing = wanted.filter((platform) => !listed.some((one) => samePlatform(one, platform)));
	if (missing.length === 0) return;
	throw new WorkError(`BuildKit can't build for ${missing.map(formatPlatform).join(", ")} here; it can for ` + listed.map(formatPlatform).join(", "), { fix: "leave these platforms out, or add a daemon that builds them with endpoint" });
}
// src/buildkit/own-buildctl.ts
async function useOwnBuildctl(path, { cwd, exec }) {
	const program = resolve(cwd, path);
	const wrong = (why, fix, cause) => new WorkError(`buildctl-path: ${program} ${why}`, {
		fix,
		cause
	});
	const found = await stat(program).catch(() => void 0);
	if (found === void 0) throw wrong("is not there", "check the path, or leave buildctl-path out");
	if (!found.isFile()) throw wrong("is not a file", "name the program itself, not its folder");
	try {
		await access(program, constants.X_OK);
	} catch (error) {
		throw wrong("may not be run", `chmod +x ${program}`, error);
	}
	let said;
	try {
		said = (await exec({
			program,
			args: ["--version"]
		})).stdout;
	} catch (error) {
		if (!(error instanceof WorkError)) throw error;
		throw wrong("does not run here", "is it built for this machine's architecture?", error instanceof ExecError ? error : error.cause);
	}
	const [, version] = /^buildctl\s+\S+\s+(\S+)/m.exec(said) ?? [];
	if (version === void 0) throw wrong(`is not buildctl: it answers ${JSON.stringify(said.trim().slice(0, 100))}`, "check the path");
	return {
		path: program,
		version
	};
}
// src/download.ts
var DownloadError = class extends WorkError {
	name = "DownloadError";
	status;
	constructor(message, options = {}) {
		super(message, options);
		this.status = options.status;
	}
};
const maxFileBytes = 314572800;
const maxTextBytes = 16777216;
const writeBytes = 1048576;
const timeLimit = 18e5;
const progressMilliseconds = 5e3;
function createDownloads({ env, log, signal, clock: given }) {
	const clock = {
		now: () => performance.now(),
		wallClock: () => Date.now(),
		sleep: (duration) => setTimeout$1(duration, void 0, signal === void 0 ? {} : { signal }).catch(() => {}),
		random: () => Math.random(),
		...given
	};
	let opened;
	const connect = async () => {
		const [{ createTransport }, { createSender }] = await Promise.all([import("./transport.js"), import("./sender.js")]);
		const transport = createTransport({ env });
		return {
			send: createSender(transport, clock, log),
			close: transport.close
		};
	};
	const request = async (method, text, rest) => {
		opened ??= connect();
		const { send } = await opened;
		const { url, headers } = withoutLogin(text);
		signal?.throwIfAborted();
		try {
			return await send({
				method,
				url,
				headers,
				timeLimit,
				...rest,
				...signal === void 0 ? {} : { signal }
			});
		} catch (error) {
			if (!(error instanceof WorkError) || error.name !== "RegistryError") throw error;
			throw new DownloadError(error.message, {
				cause: error.cause,
				fix: error.fix
			});
		}
	};
	const get = async (url, rest) => {
		const sent = await request("GET", url, rest);
		const { status } = sent.response;
		if (status === 200) return sent;
		throw new DownloadError(`GET ${plain(url)} answered ${status}${again(sent.tries)}`, {
			status,
			fix: statusFix(status)
		});
	};
	return {
		file: async (url, path) => {
			let downloaded = {
				sha256: "",
				size: 0
			};
			try {
				await get(url, {
					maxBytes: maxFileBytes,
					receive: async (body, header) => {
						downloaded = await writeHashed(body, path, createProgress(basename(path), Number(header("content-length")), clock, log));
					}
				});
			} catch (error) {
				await rm(path, { force: true }).catch(() => {});
				throw error;
			}
			return downloaded;
		},
		text: async (url) => new TextDecoder().decode((await get(url, { maxBytes: maxTextBytes })).response.bytes),
		has: async (url) => {
			const { status } = (await request("HEAD", url, { maxBytes: 0 })).response;
			return status >= 200 && status < 300;
		},
		close: async () => {
			if (opened !== void 0) await (await opened).close();
		}
	};
}
async function writeHashed(body, path, progress) {
	const hash = createHash("sha256");
	const file = await writing(path, () => open(path, "w", 384));
	let size = 0;
	let pending = [];
	let pendingSize = 0;
	const flush = async () => {
		const pieces = pending;
		pending = [];
		pendingSize = 0;
		if (pieces.length > 0) await writing(path, () => file.writeFile(Buffer.concat(pieces)));
	};
	try {
		for await (const chunk of body) {
			hash.update(chunk);
			size += chunk.length;
			pending.push(chunk);
			pendingSize += chunk.length;
			if (pendingSize >= writeBytes) await flush();
			progress(size);
		}
		await flush();
	} finally {
		await file.close();
	}
	return {
		sha256: hash.digest("hex"),
		size
	};
}
async function writing(path, work) {
	try {
		return await work();
	} catch (error) {
		throw await explainWriteError(error, path);
	}
}
function createProgress(name, total, clock, log) {
	let next = clock.now() + progressMilliseconds;
	const of = total > 0 ? ` of ${megabytes(total)}` : "";
	return (size) => {
		if (clock.now() < next) return;
		next = clock.now() + progressMilliseconds;
		log.info(`downloading ${name}: ${megabytes(size)}${of} MB`);
	};
}
function megabytes(bytes) {
	return (bytes / 1e6).toFixed(0);
}
function withoutLogin(text) {
	const url = new URL(text);
	const { username, password } = url;
	if (username === "" && password === "") return {
		url,
		headers: {}
	};
	url.username = "";
	url.password = "";
	return {
		url,
		headers: { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}` }
	};
}
function plain(text) {
	const url = new URL(text);
	return `${url.protocol}//${url.host}${url.pathname}`;
}
function again(tries) {
	return tries > 1 ? ` after ${tries} tries` : "";
}
function statusFix(status) {
	if (status === 401 || status === 403) return "the server refuses: does it want a login, or a proxy?";
	if (status === 407) return "the proxy wants a login: put it in HTTPS_PROXY as http://user:password@host";
	if (status === 404) return "check the version and the address";
	return status === 429 || status >= 500 ? "run again later, or use another mirror" : void 0;
}
// src/buildkit/release-archive.ts
const programLimit = 314572800;
const pieceBytes = 1048576;
const memberPattern = /^(?:\.\/)?bin\/([A-Za-z0-9][\w.-]*)$/;
async function unpackPrograms(archive, folder, wanted) {
	const { extract } = await import("./tar-stream.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const taken = [];
	const entries = extract();
	pipeline(createReadStream(archive, { highWaterMark: pieceBytes }), createGunzip({ chunkSize: pieceBytes }), entries).catch(() => {});
	try {
		for await (const entry of entries) {
			const { name, type, size } = entry.header;
			const [, program] = memberPattern.exec(name) ?? [];
			if (program === void 0 || type !== "file" || wanted !== "all" && !wanted.includes(program)) {
				entry.resume();
				continue;
			}
			if (taken.includes(program)) throw new WorkError(`${archive} holds ${name} twice`);
			if (size > programLimit) throw new WorkError(`${name} in ${archive} is larger than 300 MiB`);
			await writeProgram(entry, join(folder, program));
			taken.push(program);
			if (wanted !== "all" && taken.length === wanted.length) break;
		}
	} catch (error) {
		if (error instanceof WorkError) throw error;
		throw new WorkError(`${archive} is not a .tar.gz that can be read`, { cause: error });
	}
	return taken;
}
async function writeProgram(entry, path) {
	const partial = `${path}.partial`;
	try {
		await pipeline(entry, createWriteStream(partial, {
			flags: "wx",
			mode: 384
		}));
		await chmod(partial, 493);
		await rename(partial, path);
	} catch (error) {
		throw await explainWriteError(error, path);
	}
}
// src/buildkit/release-record.ts
const recordName = "multiarch.json";
const trusts = [
	"given",
	"known",
	"provenance",
	"none"
];
async function writeRecord(folder, names, origin) {
	const digests = await Promise.all(names.map((name) => sha256Of(join(folder, name))));
	const programs = Object.fromEntries(names.map((name, index) => [name, digests[index] ?? ""]));
	const record = {
		...origin,
		programs
	};
	await writeFile(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`, { flag: "wx" });
	return record;
}
async function checkRecord(folder) {
	const record = await readRecord(folder);
	if (record === void 0) return { wrong: "it has no record of what was verified" };
	const names = Object.keys(record.programs);
	const strangers = (await readdir(folder)).filter((name) => name !== recordName && !names.includes(name));
	if (strangers.length > 0) return { wrong: `${strangers.join(", ")} did not come with the release` };
	const found = await Promise.all(names.map(async (name) => await programSha256(join(folder, name)) === record.programs[name]));
	const changed = names.filter((_, index) => found[index] !== true);
	return changed.length === 0 ? { record } : { wrong: `${changed.join(", ")} changed since it was verified` };
}
async function readRecord(folder) {
	try {
		const value = JSON.parse(await readFile(join(folder, recordName), "utf8"));
		if (value === null || typeof value.trust !== "string" || !trusts.includes(value.trust)) return void 0;
		const { archive, programs } = value;
		return typeof archive === "string" && typeof programs === "object" && programs !== null ? {
			trust: value.trust,
			archive,
			programs
		} : void 0;
	} catch {
		return;
	}
}
async function programSha256(path) {
	try {
		const { mode } = await lstat(path);
		const isProgram = (mode & constants.S_IFMT) === constants.S_IFREG;
		const isExecutable = process.platform === "win32" || (mode & 73) !== 0;
		return isProgram && isExecutable ? await sha256Of(path) : void 0;
	} catch {
		return;
	}
}
async function sha256Of(path) {
	const hash = createHash("sha256");
	const file = await open(path);
	try {
		const piece = Buffer.allocUnsafe(1048576);
		for (;;) {
			const { bytesRead } = await file.read(piece, 0, piece.length);
			if (bytesRead === 0) return hash.digest("hex");
			hash.update(piece.subarray(0, bytesRead));
		}
	} finally {
		await file.close();
	}
}
// src/buildkit/release-digests.ts
const knownDigests = {
	"buildkit-v0.32.2.linux-amd64": "2975d0f651ad96ba8b80b9992ae1f9a964f4408569af5b6dc36544165c3926af",
	"buildkit-v0.32.2.linux-arm64": "9e8f46bf309ec0ab262967be5538a4dbe06be756a82621f98253933bac5dcf92"
};
// src/buildkit/release.ts
const releaseHost = "https://github.com";
const architectures = {
	x64: "amd64",
	arm64: "arm64",
	arm: "arm-v7",
	s390x: "s390x",
	ppc64: "ppc64le",
	riscv64: "riscv64"
};
const systems = {
	linux: {
		name: "linux",
		programs: [
			"buildctl",
			"buildkitd",
			"buildkit-runc"
		]
	},
	darwin: {
		name: "darwin",
		programs: ["buildctl"]
	},
	win32: {
		name: "windows",
		programs: ["buildctl", "buildkitd"]
	}
};
function releaseAsset(options) {
	const system = systems[options.platform];
	const architecture = architectures[options.arch];
	if (system === void 0 || architecture === void 0) return void 0;
	const stem = `buildkit-${options.version}.${system.name}-${architecture}`;
	const mirror = (options.mirror || releaseHost).replace(/\/+$/, "");
	const folder = `${mirror}/moby/buildkit/releases/download/${options.version}`;
	const sha256 = mirror === releaseHost ? knownDigests[stem] : void 0;
	return {
		name: `${stem}.tar.gz`,
		url: `${folder}/${stem}.tar.gz`,
		provenanceUrl: `${folder}/${stem}.provenance.json`,
		suffix: system.name === "windows" ? ".exe" : "",
		programs: system.programs,
		...sha256 === void 0 ? {} : { sha256 }
	};
}
function provenanceSha256(text, file) {
	let statement;
	try {
		statement = JSON.parse(text);
		if (typeof statement?.payload === "string") statement = JSON.parse(Buffer.from(statement.payload, "base64").toString("utf8"));
	} catch (error) {
		throw new WorkError(`the provenance of ${file} is not JSON`, { cause: error });
	}
	const sha256 = (Array.isArray(statement?.subject) ? statement.subject : []).find((subject) => subject?.name === file)?.digest?.sha256;
	if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw new WorkError(`the provenance of the release says nothing about ${file}`);
	return sha256;
}
// src/buildkit/release-programs.ts
var ReleaseUnavailableError = class extends WorkError {
	name = "ReleaseUnavailableError";
};
const speakers = {
	given: "buildctl-sha256",
	known: "the digest that is known here",
	provenance: "the release's provenance",
	none: "nobody"
};
async function obtainReleasePrograms(asset, options) {
	const { tools, set, arch } = options;
	const key = {
		tool: set,
		version: options.version.replace(/^v/, ""),
		arch
	};
	const early = await findCached(asset, key, options);
	if (early !== void 0) return early;
	return tools.exclusively(key, async () => {
		return (tools.find(key) === void 0 ? void 0 : await findCached(asset, key, quiet(options))) ?? tools.downloading((downloads) => obtain(asset, key, options, downloads));
	});
}
function quiet(options) {
	return {
		...options,
		log: {
			debug: () => {},
			info: () => {},
			warning: () => {}
		}
	};
}
async function findCached(asset, key, options) {
	const { log, tools } = options;
	const folder = tools.find(key);
	if (folder === void 0) return void 0;
	const checked = await checkRecord(folder);
	if ("wrong" in checked) {
		log.warning(`${folder} in the tool cache is not used, but replaced: ${checked.wrong}`);
		return;
	}
	const why = distrust(checked.record, asset, options);
	if (why !== void 0) {
		log.info(`${folder} in the tool cache is replaced: ${why}`);
		return;
	}
	log.debug(`${folder} in the tool cache is as it was verified`);
	return programsIn(folder, asset, checked.record, true);
}
function distrust(record, asset, options) {
	const { sha256, trust } = statedDigest(asset, options) ?? {};
	if (sha256 !== void 0 && trust !== void 0 && record.archive !== sha256) return `it is from another archive than ${speakers[trust]} says`;
	const missing = neededPrograms(asset, options).filter((name) => record.programs[name] === void 0);
	if (missing.length > 0) return `it has no ${missing.join(", ")}`;
	return record.trust !== "none" || sha256 !== void 0 || options.allowUnverified === true ? void 0 : "nobody vouched for its digest";
}
function statedDigest(asset, options) {
	if (options.sha256 !== void 0 && options.sha256 !== "") return {
		trust: "given",
		sha256: options.sha256
	};
	return asset.sha256 === void 0 ? void 0 : {
		trust: "known",
		sha256: asset.sha256
	};
}
function neededPrograms(asset, { set }) {
	return (set === "buildctl" ? ["buildctl"] : asset.programs).map((name) => name + asset.suffix);
}
function programsIn(folder, asset, record, cached) {
	const plainName = (name) => asset.suffix !== "" && name.endsWith(asset.suffix) ? name.slice(0, -asset.suffix.length) : name;
	const paths = Object.keys(record.programs).map((name) => [plainName(name), join(folder, name)]);
	return {
		folder,
		paths: Object.fromEntries(paths),
		trust: record.trust,
		cached
	};
}
async function obtain(asset, key, options, downloads) {
	const { tools, log } = options;
	const expected = statedDigest(asset, options) ?? await provenanceDigest(asset, options, downloads);
	return tools.inTemporaryFolder(async (temporary) => {
		const archive = join(temporary, asset.name);
		log.info(`downloading ${plain(asset.url)}`);
		const { sha256 } = await downloadVerified(asset, archive, {
			expected,
			downloads,
			log
		});
		const { trust } = expected;
		log.debug(`${asset.name} has the sha256 ${sha256}, as ${speakers[trust]} says`);
		return unpackAndKeep(archive, key, asset, options, {
			trust,
			archive: sha256
		});
	});
}
async function provenanceDigest(asset, { allowUnverified = false, log }, downloads) {
	try {
		return {
			trust: "provenance",
			sha256: provenanceSha256(await downloads.text(asset.provenanceUrl), asset.name)
		};
	} catch (error) {
		if (!(error instanceof WorkError)) throw error;
		if (error instanceof DownloadError && !await answersFor(asset, error, downloads)) throw unavailable(asset, error);
		if (allowUnverified) {
			log.warning(`${asset.name} is taken without verification, as allow-unverified says: ${error.message}`);
			return { trust: "none" };
		}
		throw new WorkError(`nothing says what ${plain(asset.url)} must be, so it is not downloaded`, {
			cause: error,
			fix: "give its digest as buildctl-sha256, or set allow-unverified to take it as it comes"
		});
	}
}
async function answersFor(asset, error, downloads) {
	return error.status !== void 0 && [
		401,
		403,
		404,
		410
	].includes(error.status) && await downloads.has(asset.url).catch(() => false);
}
async function downloadVerified(asset, archive, { expected, downloads, log }) {
	for (let tries = 1;; tries++) {
		let downloaded;
		try {
			downloaded = await downloads.file(asset.url, archive);
		} catch (error) {
			throw error instanceof DownloadError ? unavailable(asset, error) : error;
		}
		if (expected.sha256 === void 0 || downloaded.sha256 === expected.sha256) return downloaded;
		const page = await startsLikePage(archive) ? ", and looks like a web page" : "";
		const what = `${plain(asset.url)} is not what ${speakers[expected.trust]} says: sha256 ${downloaded.sha256} instead of ${expected.sha256}${page}`;
		if (tries === 2) throw new WorkError(what, { fix: mismatchFix[expected.trust] });
		log.warning(`${what}; downloading it once more`);
	}
}
const mismatchFix = {
	given: "check buildctl-sha256, which is the digest of the whole archive for this machine's platform",
	known: "do not use this download: something between here and GitHub changes it",
	provenance: "do not use this download: check download-mirror, or report it to the mirror's owner",
	none: ""
};
async function startsLikePage(path) {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
		return /^\s*<(?:!doctype|html|head|\?xml)/i.test(buffer.toString("latin1", 0, bytesRead));
	} finally {
		await file.close();
	}
}
async function unpackAndKeep(archive, key, asset, options, origin) {
	const { set, tools } = options;
	return tools.inTemporaryFolder(async (folder) => {
		const needed = neededPrograms(asset, options);
		const names = await unpackPrograms(archive, folder, set === "buildctl" ? needed : "all");
		const missing = needed.filter((name) => !names.includes(name));
		if (missing.length > 0) throw new WorkError(`${asset.name} holds no ${missing.join(", ")}`);
		const { programs } = await writeRecord(folder, names, origin);
		return programsIn(await tools.keep(key, folder), asset, {
			trust: origin.trust,
			programs
		}, false);
	});
}
function unavailable(asset, error) {
	return new ReleaseUnavailableError(error.status === 404 ? `there is no ${asset.name} at ${plain(asset.url)}` : "the BuildKit release can't be reached", {
		cause: error,
		fix: error.fix
	});
}
// src/tools.ts
const lockMilliseconds = 24e5;
const silent = {
	debug: () => {},
	info: () => {},
	warning: () => {}
};
function createTools(env, options = {}) {
	const { log = silent, signal, clock } = options;
	const root = resolve(env["RUNNER_TOOL_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "multiarch", "tools"));
	const folderOf = ({ tool, version, arch }) => join(root, tool, version, arch);
	const quietly = async (work) => env["GITHUB_ACTIONS"] === "true" ? work() : withoutStdout(work);
	const writing = async (path, work) => {
		try {
			return await work();
		} catch (error) {
			throw await explainWriteError(error, path);
		}
	};
	const forget = async (key) => {
		const folder = folderOf(key);
		await rm(`${folder}.complete`, { force: true });
		await rm(folder, {
			recursive: true,
			force: true
		});
	};
	return {
		folderOf,
		find: (key) => {
			const folder = folderOf(key);
			return existsSync(folder) && existsSync(`${folder}.complete`) ? folder : void 0;
		},
		keep: (key, folder) => writing(folderOf(key), async () => {
			await mkdir(dirname(folderOf(key)), { recursive: true });
			const { cacheDir } = await import("./tool-cache.js");
			try {
				return await quietly(() => withToolCache(root, () => cacheDir(folder, key.tool, key.version, key.arch)));
			} catch (error) {
				await forget(key).catch(() => {});
				throw error;
			}
		}),
		forget,
		exclusively: (key, work) => {
			return withLock(`tool-${createHash("sha256").update(folderOf(key)).digest("hex").slice(0, 16)}`, work, {
				milliseconds: lockMilliseconds,
				onWait: (owner) => log.info(`waiting for ${owner}, which is getting ${key.tool}`),
				...signal === void 0 ? {} : { signal }
			});
		},
		inTemporaryFolder: async (work) => {
			const parent = env["RUNNER_TEMP"] || tmpdir();
			const folder = await writing(join(parent, `multiarch-tools-${randomUUID()}`), async () => {
				await mkdir(parent, { recursive: true });
				return mkdtemp(join(parent, "multiarch-tools-"));
			});
			try {
				return await work(folder);
			} finally {
				await rm(folder, {
					recursive: true,
					force: true
				});
			}
		},
		downloading: async (work) => {
			const downloads = createDownloads({
				env,
				log,
				signal,
				clock
			});
			try {
				return await work(downloads);
			} finally {
				await downloads.close();
			}
		}
	};
}
async function withToolCache(root, work) {
	const before = process.env["RUNNER_TOOL_CACHE"];
	process.env["RUNNER_TOOL_CACHE"] = root;
	try {
		return await work();
	} finally {
		if (before === void 0) delete process.env["RUNNER_TOOL_CACHE"];
		else process.env["RUNNER_TOOL_CACHE"] = before;
	}
}
let muted = 0;
async function withoutStdout(work) {
	if (muted === 0) process.stdout.write = () => true;
	muted += 1;
	try {
		return await work();
	} finally {
		muted -= 1;
		if (muted === 0) Reflect.deleteProperty(process.stdout, "write");
	}
}
// src/steps/setup/provide-buildctl.ts
async function provideBuildctl(plan, folder, copyFromContainer, ports) {
	const { asset, fitsContainer, ownPath, version } = plan;
	if (ownPath !== "") return useOwnBuildctl(ownPath, ports);
	const canCopy = copyFromContainer !== void 0 && fitsContainer;
	if (asset !== void 0) try {
		const { paths } = await obtainPrograms(plan, "buildctl", ports);
		return {
			path: paths["buildctl"] ?? "",
			version
		};
	} catch (error) {
		if (!(error instanceof ReleaseUnavailableError) || !canCopy) throw error;
		ports.log.warning(`${describeError(error)}\nbuildctl is copied out of the BuildKit container instead`);
	}
	if (!canCopy) throw new WorkError(`BuildKit ${version} has no buildctl for ${process.platform} on ${plan.arch}`, { fix: "name one that you have with buildctl-path" });
	const path = join(folder, "buildctl");
	await mkdir(folder, {
		recursive: true,
		mode: 448
	});
	await copyFromContainer(path);
	await chmod(path, 493);
	return {
		path,
		version
	};
}
function obtainPrograms(plan, set, { env, log, signal }) {
	const { allowUnverified, arch, asset, sha256, version } = plan;
	if (asset === void 0) throw new WorkError(`BuildKit ${version} has no build for ${process.platform} on ${arch}`);
	return obtainReleasePrograms(asset, {
		set,
		version,
		arch,
		tools: createTools(env, {
			log,
			signal
		}),
		sha256,
		allowUnverified,
		log
	});
}
// src/steps/setup/execute.ts
async function executeSetup(plan, ports) {
	const begin = performance.now();
	const { owners, registries } = plan;
	ports.log.info(`driver ${plan.driver}: ${plan.why}`);
	const programs = once(() => obtainPrograms(plan.buildctl, "buildkit", ports));
	const { driver } = plan;
	const earlier = ports.state.read().builder;
	await removeOther(plan, earlier, ports);
	const session = openDaemon(plan.daemon, {
		mirrors: plan.mirrors,
		now: plan.now,
		programs,
		onRemoval: (removal) => rememberBuilder(ports, {
			driver,
			removal,
			owner: owners.starting
		})
	}, ports);
	let hasAnswered = false;
	try {
		const registered = timed(ports, "emulators ready", async () => plan.emulation === void 0 ? void 0 : registerPlanned(plan.emulation, plan.mirrors, ports));
		const prepared = session.prepare();
		const started = timed(ports, "BuildKit answers", async () => {
			await prepared;
			const found = await session.start();
			hasAnswered = true;
			return found;
		});
		const [{ path: buildctl, version }, endpoints, emulation] = await allOrFirstFailure([
			timed(ports, "buildctl ready", () => obtainClient(plan, session, prepared, programs, ports)),
			started,
			registered,
			isReused(plan) ? void 0 : session.reap()
		]);
		const [exposed, { emulators, platforms }] = await Promise.all([session.exposed(), timed(ports, "platforms proved", () => provePlatforms(plan, emulation, {
			endpoints,
			buildctl,
			place: session.place
		}, ports))]);
		const { removal = { kind: "none" } } = ports.state.read().builder ?? {};
		ports.state.update((state) => ({
			...state,
			registries
		}));
		const { architecture } = plan;
		rememberBuilder(ports, {
			driver,
			removal,
			architecture,
			endpoints,
			exposed,
			buildctl,
			owner: owners.running
		});
		return {
			driver,
			endpoints,
			exposed,
			buildctl,
			version,
			platforms,
			emulators,
			seconds: (performance.now() - begin) / 1e3
		};
	} catch (error) {
		if (hasAnswered && !ports.signal.aborted) await showLog(session, ports);
		await discard(session, plan, earlier, ports);
		throw error;
	}
}
async function removeOther({ daemon }, earlier, ports) {
	const removal = earlier?.removal ?? { kind: "none" };
	if (removal.kind === "none") return;
	if (removal.kind === "process" ? daemon.driver === "process" && daemon.folder === removal.root : "container" in daemon && daemon.container.engine === removal.engine && daemon.container.name === removal.name) return;
	try {
		await removeDaemon(removal, {
			exec: ports.exec,
			job: ports.state.read().job
		});
		ports.log.info("removed the BuildKit daemon that this job had before");
	} catch (error) {
		if (ports.signal.aborted) throw error;
		ports.log.warning(`the BuildKit daemon that this job had before could not be removed: ${describeError(error)}`);
	}
}
function rememberBuilder(ports, builder) {
	const { exposed, owner, ...rest } = builder;
	ports.state.update((state) => ({
		...state,
		builder: {
			endpoints: state.builder?.endpoints ?? [],
			...rest,
			...exposed === void 0 ? {} : { exposed },
			...owner === void 0 ? {} : { owner }
		}
	}));
}
function once(work) {
	let result;
	return () => result ??= work();
}
async function allOrFirstFailure(work) {
	await Promise.allSettled(work);
	return Promise.all(work);
}
async function timed(ports, what, work) {
	const begin = performance.now();
	const result = await work();
	ports.log.info(`${what} (${((performance.now() - begin) / 1e3).toFixed(1)} s)`);
	return result;
}
async function obtainClient(plan, session, prepared, programs, ports) {
	if (plan.driver === "process" && plan.buildctl.ownPath === "") {
		const { paths } = await programs();
		return {
			path: paths["buildctl"] ?? "",
			version: plan.buildctl.version
		};
	}
	const { copyBuildctl } = session;
	const copy = copyBuildctl === void 0 ? void 0 : async (target) => {
		await prepared;
		await copyBuildctl(target);
	};
	return provideBuildctl(plan.buildctl, plan.folder, copy, ports);
}
function knownPlace(plan) {
	const { emulation } = plan;
	if (!isReused(plan) || emulation === void 0 || !emulation.isLocal) return void 0;
	const { facts, plan: planned } = emulation;
	return planned.platforms.every(({ kind }) => kind === "native" || kind === "registered") && planned.register === void 0 ? {
		kind: "known",
		proofs: facts.proofs
	} : void 0;
}
async function provePlatforms(plan, emulation, daemon, ports) {
	const { buildctl, endpoints, place } = daemon;
	const workers = probeEndpoints(endpoints, {
		buildctl,
		exec: ports.exec,
		signal: ports.signal
	}).then((nodes) => nodes.flatMap(({ platforms }) => platforms));
	if (plan.emulation === void 0 || emulation === void 0 || place === void 0) {
		const listed = await workers;
		requireListed(plan.platforms, listed);
		return {
			platforms: listed,
			emulators: {}
		};
	}
	const running = (await provePlanned(plan.emulation, emulation, knownPlace(plan) ?? await place(), workers, ports)).filter(({ proof }) => proof.runs || proof.reason === "not tried");
	const [own, ...listed] = await workers;
	const all = [
		...own === void 0 ? [] : [own],
		...running.map(({ platform }) => platform),
		...listed
	];
	return {
		platforms: all.filter((one, index) => all.findIndex((other) => samePlatform(one, other)) === index),
		emulators: Object.fromEntries(running.map(({ emulator, interpreter, platform }) => [formatPlatform(platform), {
			emulator,
			...interpreter === void 0 ? {} : { interpreter }
		}]))
	};
}
async function showLog(session, { log }) {
	const text = neutralise(await session.log());
	if (text !== "") log.group("the log of BuildKit:", text.split("\n"));
}
async function discard(session, plan, earlier, ports) {
	try {
		if (!isReused(plan)) {
			await session.discard();
			await rm(plan.folder, {
				recursive: true,
				force: true
			});
		}
		const kept = isReused(plan) && earlier !== void 0 ? { builder: earlier } : {};
		ports.state.update(({ builder: _, ...state }) => ({
			...state,
			...kept
		}));
	} catch (error) {
		ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
	}
}
function isReused({ daemon }) {
	return "existing" in daemon && daemon.existing === "use";
}
// src/steps/setup/plan-daemon.ts
function planDaemon(inputs, facts, options) {
	const { choice, cwd } = facts;
	const { folder, image } = options;
	if (choice.engine !== void 0) return planContainer(inputs, facts, {
		engine: choice.engine.name,
		image,
		folder
	});
	if (choice.driver === "remote") return planRemoteDaemon(inputs, choice.endpoints, folder, cwd);
	return planProcess(inputs, facts, folder);
}
function planProcess(inputs, facts, folder) {
	const { cwd, runningProcess: running, state, temp } = facts;
	const flags = daemonFlags(inputs);
	const config = [inputs.buildkitdConfigInline || facts.config, renderRegistryToml(resolveRegistries(inputs.registries, cwd), (path) => path)].filter((part) => part !== "").join("\n");
	const planned = daemonLabels(facts, specOf({
		version: inputs.buildkitVersion,
		flags,
		config
	}));
	const isSame = running?.labels[labels.spec] === planned[labels.spec];
	return {
		driver: "process",
		folder: processFolder(folder),
		temp,
		job: state.job,
		flags,
		config,
		cleanup: inputs.cleanup,
		labels: planned,
		existing: running === void 0 ? "none" : isSame ? "use" : "replace",
		running
	};
}
function processFolder(folder) {
	return join(folder, "buildkitd");
}
function planRemoteDaemon(inputs, endpoints, folder, cwd) {
	const tls = {
		ca: inputs.tlsCa,
		cert: inputs.tlsCert,
		key: inputs.tlsKey,
		serverName: inputs.tlsServerName
	};
	return {
		driver: "remote",
		remote: planRemote({
			endpoints,
			tls,
			insecure: inputs.insecureEndpoints,
			folder,
			cwd
		})
	};
}
function describeDaemon(plan) {
	switch (plan.driver) {
		case "remote": return plan.remote.endpoints.map((endpoint) => `# uses the daemon at ${formatEndpoint(endpoint)}`);
		case "process": return plan.existing === "use" ? [`# the daemon in ${plan.folder} is used, which runs already`] : [`# starts buildkitd of the BuildKit release, with its files in ${plan.folder}`];
		case "docker-container":
		case "podman-container": {
			const commands = containerCommands(plan);
			return commands.length === 0 ? [`# the daemon ${plan.container.name} is used, which runs already`] : [...commands, startCommand(plan.container)].map(formatCommand);
		}
		default: return plan;
	}
}
// src/steps/setup/plan.ts
function planSetup(inputs, facts) {
	const { architecture, choice, host, state, statePath } = facts;
	const version = inputs.buildkitVersion;
	const folder = jobFolder(statePath, state.job);
	const image = inputs.buildkitImage || `docker.io/moby/buildkit:${version}${imageDigests[version] ?? ""}`;
	return {
		driver: choice.driver,
		architecture,
		why: choice.why,
		platforms: inputs.platforms,
		emulation: planSetupEmulation(inputs, facts),
		daemon: planDaemon(inputs, facts, {
			folder,
			image
		}),
		registries: resolveRegistries(inputs.registries, facts.cwd),
		owners: {
			starting: facts.owner,
			running: inputs.cleanup ? facts.jobOwner : void 0
		},
		now: facts.now,
		folder,
		buildctl: {
			version,
			arch: host.arch,
			asset: releaseAsset({
				version,
				...host,
				mirror: inputs.downloadMirror
			}),
			sha256: inputs.buildctlSha256,
			allowUnverified: inputs.allowUnverified,
			ownPath: inputs.buildctlPath,
			fitsContainer: host.platform === "linux" && host.goArch === architecture
		},
		mirrors: inputs.imageMirrors
	};
}
const imageDigests = { "v0.32.2": "@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8" };
function planSetupEmulation(inputs, { architecture, choice, emulation, sharesMachine, state }) {
	if (emulation === void 0) return void 0;
	const request = {
		mode: inputs.emulation,
		platforms: inputs.platforms,
		image: inputs.binfmtImage,
		reset: inputs.reset,
		hostArchitecture: architecture,
		engine: choice.engine?.name,
		job: state.job
	};
	return {
		request,
		facts: emulation,
		plan: planEmulation(request, emulation),
		isLocal: sharesMachine
	};
}
function describeSetup(plan) {
	const { buildctl, daemon, driver, emulation, why } = plan;
	return [
		`# driver ${driver}: ${why}`,
		...emulation === void 0 ? [] : describeEmulation(emulation.plan),
		...describeDaemon(daemon),
		describeBuildctl(buildctl)
	];
}
function describeBuildctl({ asset, ownPath, version }) {
	if (ownPath !== "") return `# buildctl is ${ownPath}`;
	return asset === void 0 ? "# buildctl is copied out of the container" : `# buildctl ${version} from the tool cache or ${asset.url}`;
}
// src/steps/setup/choose-driver.ts
async function chooseDriver(inputs, ports) {
	const named = inputs.endpoint.length > 0 ? inputs.endpoint : foreignHost(ports);
	switch (inputs.driver) {
		case "docker-container": return chooseEngine("docker", "driver says so", ports);
		case "podman-container": return chooseEngine("podman", "driver says so", ports);
		case "process": return {
			driver: "process",
			endpoints: [],
			why: "driver says so"
		};
		case "remote":
			if (named.length > 0) return {
				driver: "remote",
				endpoints: named,
				why: "driver says so"
			};
			throw new WorkError("the remote driver needs the address of a daemon", { fix: "name it with endpoint, or set BUILDKIT_HOST" });
		case "auto":
			if (named.length > 0) return {
				driver: "remote",
				endpoints: named,
				why: inputs.endpoint.length > 0 ? "an endpoint is named" : "BUILDKIT_HOST is set"
			};
			return findDriver(ports);
		default: return inputs.driver;
	}
}
function foreignHost({ env, state }) {
	const address = env["BUILDKIT_HOST"] ?? "";
	const builder = state.read().builder;
	const isOurs = builder?.driver !== "remote" && builder?.endpoints[0]?.address === address;
	return address === "" || isOurs ? [] : [parseEndpoint(address)];
}
async function chooseEngine(name, why, ports) {
	const info = await probeEngine(name, ports.exec);
	return {
		driver: `${name}-container`,
		engine: {
			name,
			info
		},
		endpoints: [],
		why
	};
}
async function findDriver(ports) {
	const refusals = [];
	for (const name of ["docker", "podman"]) try {
		return await chooseEngine(name, [...refusals.map(({ message }) => message), `${name} answers`].join("; "), ports);
	} catch (error) {
		if (!(error instanceof WorkError) || ports.signal.aborted) throw error;
		refusals.push(error);
	}
	const why = refusals.map(({ message }) => message).join("; ");
	if (process.platform !== "linux") throw refusals[0] ?? new WorkError("there is no container engine");
	return {
		driver: "process",
		endpoints: [],
		why
	};
}
// src/steps/setup/probe.ts
async function probeSetup(inputs, ports) {
	const { cwd, env } = ports;
	const state = ports.state.read();
	const local = canShareMachine(env["DOCKER_HOST"]);
	const inspected = probeExisting(inputs, state, ports);
	const [choice, here, existing] = await Promise.all([
		chooseAgain(inputs, inspected, ports),
		probeEmulationHere(inputs, local, ports),
		inspected
	]);
	const isLocal = choice.driver === "docker-container" ? local : choice.driver !== "remote";
	const { gid, uid, username } = userInfo();
	return {
		choice,
		architecture: choice.engine?.info.architecture ?? goArchitecture(process.arch),
		existing,
		runningProcess: choice.driver === "process" ? await probeRunningProcess(state, ports) : void 0,
		emulation: choice.driver === "remote" ? void 0 : isLocal ? here : unknownEmulation(here),
		sharesMachine: isLocal,
		host: {
			platform: process.platform,
			arch: process.arch,
			goArch: goArchitecture(process.arch)
		},
		user: {
			name: username,
			uid,
			gid
		},
		owner: ownerOf(process.pid),
		jobOwner: ports.jobProcess === void 0 ? void 0 : ownerOf(ports.jobProcess),
		run: env["GITHUB_RUN_ID"] ?? env["CI_JOB_ID"] ?? env["TRAVIS_JOB_ID"] ?? env["BUILD_TAG"] ?? "",
		now: Date.now(),
		cwd,
		temp: tmpdir(),
		state,
		statePath: ports.state.path,
		config: inputs.buildkitdConfig === "" ? "" : readFileSync(resolve(cwd, inputs.buildkitdConfig), "utf8")
	};
}
async function chooseAgain(inputs, inspected, ports) {
	const { builder } = ports.state.read();
	const canAgree = inputs.driver === "auto" || inputs.driver === builder?.driver;
	const isFree = inputs.endpoint.length === 0 && canAgree;
	if (isFree && builder?.removal.kind === "process" && runsStill(builder.removal)) return {
		driver: "process",
		endpoints: [],
		why: "a daemon of this job runs"
	};
	if (builder?.removal.kind === "container" && builder.architecture !== void 0 && isFree) {
		const { architecture, driver, removal } = builder;
		if ((await inspected)?.running === true) return {
			driver,
			engine: {
				name: removal.engine,
				info: {
					version: "",
					architecture
				}
			},
			endpoints: [],
			why: "a daemon of this job runs"
		};
	}
	return chooseDriver(inputs, ports);
}
function runsStill({ pid, startTime }) {
	return startTime !== "" && readStartTime(pid) === startTime;
}
async function probeRunningProcess(state, ports) {
	const { inspectDaemonProcess } = await import("./process-life.js");
	return inspectDaemonProcess(processFolder(jobFolder(ports.state.path, state.job)));
}
async function probeExisting(inputs, state, { exec }) {
	const removal = state.builder?.removal;
	const earlier = removal?.kind === "container" ? removal.name : void 0;
	const name = inputs.name === "" ? earlier : `multiarch-${inputs.name}`;
	const engine = removal?.kind === "container" ? removal.engine : engineOf(inputs.driver);
	return name === void 0 || engine === void 0 ? void 0 : inspectDaemon({
		engine,
		name
	}, exec);
}
function engineOf(driver) {
	if (driver === "podman-container") return "podman";
	return driver === "docker-container" || driver === "auto" ? "docker" : void 0;
}
function probeEmulationHere({ emulation: mode, platforms }, isLocal, { exec }) {
	return probeEmulation({
		mode,
		platforms,
		hostArchitecture: goArchitecture(process.arch)
	}, { isLocal }, exec);
}
function unknownEmulation({ isRoot }) {
	return {
		binfmt: void 0,
		proofs: {},
		isRoot
	};
}
function canShareMachine(dockerHost) {
	const address = dockerHost === void 0 || dockerHost === "" ? "unix://" : dockerHost;
	return process.platform === "linux" && address.startsWith("unix://");
}
function goArchitecture(arch) {
	return {
		x64: "amd64",
		ia32: "386",
		ppc64: "ppc64le"
	}[arch] ?? arch;
}
// src/steps/setup/work.ts
const setupWork = {
	probe: probeSetup,
	plan: planSetup,
	describe: describeSetup,
	foresee: ({ daemon, driver }, { state }) => state.update((before) => ({
		...before,
		builder: {
			driver,
			removal: { kind: "none" },
			endpoints: foreseenEndpoints(daemon),
			buildctl: "buildctl"
		}
	})),
	execute: executeSetup,
	report: ({ buildctl, driver, emulators, endpoints, exposed, platforms, seconds, version }) => ({
		outputs: {
			"buildkit-host": endpoints[0]?.address ?? "",
			driver,
			platforms: platforms.map(formatPlatform).join(","),
			emulators: JSON.stringify(emulators),
			buildctl,
			version,
			...exposed?.tls?.cert === void 0 ? {} : {
				"tcp-endpoint": exposed.address,
				"tls-folder": dirname(exposed.tls.cert),
				"buildx-arguments": buildxArguments(exposed, "multiarch").map(shellQuote).join(" ")
			}
		},
		variables: { BUILDKIT_HOST: endpoints[0]?.address ?? "" },
		paths: [dirname(buildctl)],
		lines: [`BuildKit at ${endpoints.map(({ address }) => address).join(", ")} after ${seconds.toFixed(1)} s; it builds ` + platforms.map(formatPlatform).join(", ")]
	})
};
function foreseenEndpoints(daemon) {
	if (daemon.driver === "remote") return daemon.remote.endpoints;
	if (daemon.driver === "process") return [{ address: `unix://${daemon.folder}/buildkitd.sock` }];
	return [{ address: containerAddress(daemon.container) }];
}
export { setupWork };
