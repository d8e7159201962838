import { $ as ownerOf, An as WorkError, Dn as startDetached, G as processAddress, H as awaitReady, J as hasRootInside, K as processLog, On as CancelledError, Q as ownerLife, X as parseMountinfo, Y as mountsBelow, Z as hostIdentity, et as readStartTime, jn as describeError, q as socketIn } from "./shared.js";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:net";
import { rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
// src/buildkit/drivers/process-life.ts
const recordName = "daemon.json";
const graceMilliseconds = 2e3;
const killMilliseconds = 5e3;
async function startDaemonProcess(daemon, options) {
	const { labels = {}, onStarted, signal, startDetached: startDetached$1 = startDetached } = options;
	await makeRoom(daemon, options.exec);
	const { runtime, runc, rootlesskit } = daemon;
	const { command, env, folder, log } = daemon;
	writeRecord(folder, {
		host: hostIdentity(),
		pid: 0,
		startTime: "",
		runtime,
		runc,
		rootlesskit,
		labels
	});
	let program;
	try {
		program = await startDetached$1(command, {
			env,
			cwd: folder,
			log
		});
	} catch (error) {
		await removeFolders(folder, {
			runtime,
			rootlesskit
		}, options.exec);
		throw error;
	}
	const owner = ownerOf(program.pid);
	const removal = {
		kind: "process",
		pid: owner.pid,
		startTime: owner.startTime,
		root: folder
	};
	onStarted(removal);
	try {
		writeRecord(folder, {
			...owner,
			runtime,
			runc,
			rootlesskit,
			labels
		});
		await awaitReady({
			connects: () => servesHttp2(daemon.socket),
			answers: () => Promise.resolve(false),
			failure: () => {
				if (signal?.aborted) throw signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
				const end = program.ended();
				return Promise.resolve(end === void 0 ? void 0 : endedError(end, folder));
			}
		});
	} catch (error) {
		const shown = error instanceof WorkError && program.ended() === void 0 ? new WorkError(`${error.message}; the end of its log:\n${readProcessLog(folder)}`, { cause: error }) : error;
		await stopDaemonProcess(removal, options).catch(() => {});
		throw shown;
	}
	return removal;
}
function isDaemonProcessAlive(removal) {
	return isAlive(removal);
}
function inspectDaemonProcess(folder) {
	const record = readRecord(folder);
	if (record === void 0 || ownerLife(record) !== "alive") return void 0;
	const { labels = {}, pid, runtime, startTime } = record;
	return {
		removal: {
			kind: "process",
			pid,
			startTime,
			root: folder
		},
		address: processAddress({ socket: socketIn(runtime) }),
		labels
	};
}
function findDaemonProcesses() {
	return processes().flatMap(({ pid }) => {
		try {
			const folder = readlinkSync(`/proc/${pid}/cwd`);
			if (![folder, join(folder, recordName)].every(isOwn)) return [];
			const found = inspectDaemonProcess(folder);
			return found?.removal.pid === pid ? [found] : [];
		} catch {
			return [];
		}
	});
}
function isOwn(path) {
	return lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}
function daemonProcessFailure(removal) {
	if (isDaemonProcessAlive(removal)) return void 0;
	return new WorkError(`buildkitd has ended; the end of its log:\n${readProcessLog(removal.root)}`);
}
function readProcessLog(folder) {
	try {
		return withoutNoise(readFileSync(processLog(folder)).subarray(-65536).toString("utf8").trimEnd().split("\n")).slice(-50).join("\n") || "(it printed nothing)";
	} catch (error) {
		return `(its log can't be read: ${describeError(error)})`;
	}
}
function withoutNoise(lines) {
	return lines.filter((line, index) => {
		const isPlace = /^\t\S+:\d+$/.test(line);
		const isFunction = /^\t\S+:\d+$/.test(lines[index + 1] ?? "");
		return !isPlace && !isFunction && !/^ {3}\S|^[A-Z ]+:$|^$/.test(line);
	});
}
function endedError(end, folder) {
	const said = readProcessLog(folder);
	return new WorkError(`buildkitd has ended (${end}):\n${said}`, { fix: startAdvice(said) });
}
function startAdvice(log) {
	if (/toml|failed to (?:load|parse) config|failed to read config/i.test(log)) return "correct buildkitd-config";
	if (/newuidmap|newgidmap|subuid|subgid/.test(log)) return "install uidmap, and give this user ranges in /etc/subuid and /etc/subgid";
	if (/flag provided but not defined|invalid value .* for flag/i.test(log)) return "correct buildkitd-flags: this BuildKit has no such flag, or not with this value";
	if (/invalid entitlement/.test(log)) return "correct --allow-insecure-entitlement in buildkitd-flags";
	if (/no worker found|failed to find runc|executable file not found/.test(log)) return "buildkitd found no runc: use a release that has bin/buildkit-runc, or install runc";
	if (/no space left on device/i.test(log)) return "free some disk space";
	if (/operation not permitted|permission denied/i.test(log)) return "this machine forbids what BuildKit needs (mounts, namespaces): run the job with more rights";
}
async function makeRoom({ folder, runtime }, exec) {
	const record = readRecord(folder);
	if (record !== void 0) {
		const { pid, startTime } = record;
		if (ownerLife(record) === "alive") throw new WorkError(`a BuildKit daemon of ours already runs in ${folder} (process ${pid})`, { fix: "run multiarch teardown first" });
		await stopDaemonProcess({
			kind: "process",
			pid,
			startTime,
			root: folder
		}, { exec });
	}
	mkdirSync(folder, {
		recursive: true,
		mode: 448
	});
	try {
		if (runtime !== folder) mkdirSync(runtime, { mode: 448 });
	} catch (error) {
		throw new WorkError(`the folder ${runtime} can't be made for BuildKit's sockets`, { cause: error });
	}
	for (const name of ["tmp", "xdg"]) mkdirSync(join(runtime, name), {
		recursive: true,
		mode: 448
	});
}
async function servesHttp2(path) {
	const http2 = await import("node:http2");
	return new Promise((resolve) => {
		const session = http2.connect("http://localhost", { createConnection: () => connect(path) });
		const finish = (serves) => () => {
			session.destroy();
			resolve(serves);
		};
		session.setTimeout(1e3, finish(false));
		session.once("remoteSettings", finish(true)).on("error", finish(false)).once("close", finish(false));
	});
}
async function stopDaemonProcess(removal, { exec }) {
	const { root } = removal;
	const record = readRecord(root);
	if (record === void 0) {
		await endSession(removal);
		if (!existsSync(root)) return;
		throw new WorkError(`${root} holds no BuildKit daemon of ours: it was not removed`);
	}
	if (record.host !== hostIdentity()) throw new WorkError(`the BuildKit daemon of ${root} was started on another machine or in another container`, { fix: `run teardown there, or remove ${root} if that is gone` });
	for (const process of [removal, record]) await endSession(process);
	const folders = [.../* @__PURE__ */ new Set([root, realpathSync(root)])];
	await endContainers(folders);
	await forgetContainers(folders, record, exec);
	await unmountAll([...folders, record.runtime], exec);
	await removeFolders(root, record, exec);
}
async function endSession({ pid, startTime }) {
	const daemon = {
		pid,
		startTime
	};
	if (!isAlive(daemon)) return;
	const started = sessionOf(pid);
	signalIfAlive(daemon, "SIGTERM");
	if (await endWithin(graceMilliseconds, () => !isAlive(daemon))) {
		for (const process of started) signalIfAlive(process, "SIGKILL");
		return;
	}
	for (const process of [...sessionOf(pid), daemon]) signalIfAlive(process, "SIGKILL");
	if (!await endWithin(killMilliseconds, () => !isAlive(daemon))) throw new WorkError(`buildkitd (process ${pid}) did not end when killed`);
}
async function endContainers(folders) {
	if (!await endWithin(killMilliseconds, () => {
		const left = processes().filter(({ pid }) => isContained(pid, folders));
		for (const process of left) signalIfAlive(process, "SIGKILL");
		return left.length === 0;
	})) throw new WorkError(`processes of builds in ${folders[0]} did not end when killed`);
}
function isContained(pid, folders) {
	try {
		if (readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync("/proc/self/ns/mnt")) return false;
		const mounts = parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8"));
		return folders.some((folder) => hasRootInside(mounts, folder));
	} catch {
		return false;
	}
}
async function forgetContainers(folders, { rootlesskit, runc }, exec) {
	if (rootlesskit !== void 0) return;
	const states = "/run/runc";
	for (const id of namesIn(states)) {
		const bundle = readBundle(join(states, id, "state.json"));
		if (bundle === void 0 || !folders.some((folder) => bundle.startsWith(`${folder}/`))) continue;
		await exec({
			program: runc,
			args: [
				`--root=${states}`,
				"delete",
				"--force",
				id
			]
		}).catch(() => rm(join(states, id), {
			recursive: true,
			force: true
		}));
	}
}
function namesIn(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
function readBundle(file) {
	try {
		const { config } = JSON.parse(readFileSync(file, "utf8"));
		return config?.labels?.find((label) => label.startsWith("bundle="))?.slice(7);
	} catch {
		return;
	}
}
async function unmountAll(folders, exec) {
	const points = () => {
		const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
		return folders.flatMap((folder) => mountsBelow(mounts, folder));
	};
	let failure;
	for (const point of points()) await exec({
		program: "umount",
		args: ["-l", point]
	}).catch((error) => failure = error);
	const left = points();
	if (left.length > 0) throw new WorkError(`${left.join(", ")} could not be unmounted`, { cause: failure });
}
async function removeFolders(folder, { runtime, rootlesskit }, exec) {
	const remove = async (paths) => {
		try {
			for (const path of paths) await rm(path, {
				recursive: true,
				force: true,
				maxRetries: 3
			});
		} catch (error) {
			if (rootlesskit === void 0) throw error;
			await exec({
				program: rootlesskit,
				args: [
					"rm",
					"-rf",
					...paths
				]
			});
		}
	};
	try {
		await remove(readdirSync(folder).filter((name) => name !== recordName).map((name) => join(folder, name)));
		await remove([runtime, folder]);
	} catch (error) {
		throw new WorkError(`${folder} could not be removed`, { cause: error });
	}
}
function readRecord(folder) {
	try {
		return JSON.parse(readFileSync(join(folder, recordName), "utf8"));
	} catch {
		return;
	}
}
function writeRecord(folder, record) {
	const file = join(folder, recordName);
	writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 384 });
	renameSync(`${file}.new`, file);
}
function processes() {
	return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((name) => ({
		pid: Number(name),
		startTime: readStartTime(Number(name)) ?? ""
	}));
}
function sessionOf(leader) {
	return processes().filter(({ pid }) => pid !== leader && readSession(pid) === leader);
}
function readSession(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
	} catch {
		return;
	}
}
function isAlive({ pid, startTime }) {
	return startTime !== "" && readStartTime(pid) === startTime;
}
function signalIfAlive(target, signal) {
	if (!isAlive(target)) return;
	try {
		process.kill(target.pid, signal);
	} catch {}
}
async function endWithin(milliseconds, hasEnded) {
	const begin = performance.now();
	while (!hasEnded()) {
		if (performance.now() - begin > milliseconds) return false;
		await setTimeout(20);
	}
	return true;
}
export { daemonProcessFailure, findDaemonProcesses, inspectDaemonProcess, isDaemonProcessAlive, readProcessLog, servesHttp2, startAdvice, startDaemonProcess, stopDaemonProcess };
