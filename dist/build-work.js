import { C as formatPlatform, D as samePlatform, f as parseDescriptor, g as formatReference, x as isDigest } from "./oci.js";
import { O as probeWorkers, W as buildPaths, Y as endpointArguments, _t as WorkError, at as formatCsv, b as neutralise, ct as ExecError, ft as formatCommand, h as isNative, ht as CancelledError, lt as ProgramMissingError, nt as resolveRegistries, rt as authTlsArguments } from "./shared.js";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { mkdtemp, readFile, rm } from "node:fs/promises";
// src/buildkit/buildctl.ts
function solveCommand(solve) {
	const { buildctl, endpoint, platform, context, file, target, buildArgs, repositories, metadataFile } = solve;
	return {
		program: buildctl,
		args: [
			...endpointArguments(endpoint),
			"build",
			"--progress=rawjson",
			"--frontend=dockerfile.v0",
			`--local=context=${context}`,
			`--local=dockerfile=${dirname(file)}`,
			`--opt=filename=${basename(file)}`,
			`--opt=platform=${formatPlatform(platform)}`,
			...target === void 0 ? [] : [`--opt=target=${target}`],
			...buildArgs.map((argument) => `--opt=build-arg:${argument}`),
			`--output=${imageOutput(repositories)}`,
			...authTlsArguments(solve.registries),
			`--metadata-file=${metadataFile}`
		]
	};
}
function imageOutput(repositories) {
	return formatCsv([
		"type=image",
		`name=${repositories.map(formatReference).join(",")}`,
		"push=true",
		"push-by-digest=true",
		"name-canonical=true"
	]);
}
// src/buildkit/failure.ts
const advice = [
	[/exec format error/i, (platform) => `nothing here runs programs for ${platform}: run setup with this platform, which registers QEMU`],
	[/qemu: uncaught target signal|signal: (segmentation fault|illegal instruction)/i, (platform) => `QEMU crashed on ${platform}: try another binfmt-image, or a machine that runs ${platform} itself`],
	[/no match for platform in manifest|does not provide the specified platform|no matching manifest/i, (platform) => `the base image has no ${platform}: choose one that has, or leave the platform out`],
	[/insufficient_scope|401 Unauthorized|403 Forbidden|authorization failed|access denied|no basic auth credentials/i, () => "the registry refused the credentials: run docker login for it, with an account that may push there"],
	[/connection refused|no such host|network is unreachable|i\/o timeout/i, () => "the BuildKit daemon can't reach that address; a registry on this machine's loopback needs --network host at setup"],
	[/server gave HTTP response to HTTPS client/i, () => "the registry speaks plain HTTP: say so in buildkitd-config"],
	[/x509: /i, () => "the daemon does not trust the registry's certificate: give its CA in buildkitd-config"],
	[/429 Too Many Requests|toomanyrequests/i, () => "the registry limits requests: log in, or wait and run again"],
	[/no space left on device/i, () => "the disk of the BuildKit daemon is full"],
	[/exit code: 137|signal: killed|cannot allocate memory/i, () => "the step was killed, most likely for want of memory"]
];
function solveAdvice(text, platform) {
	return advice.find(([pattern]) => pattern.test(text))?.[1](platform);
}
// src/buildkit/metadata.ts
function parseMetadata(text, platform, what) {
	let metadata;
	try {
		metadata = JSON.parse(text);
	} catch (error) {
		throw new WorkError(`${what}: BuildKit's metadata is not whole`, { cause: error });
	}
	const { mediaType, digest, size } = parseDescriptor(metadata["containerimage.descriptor"], `${what}: containerimage.descriptor in BuildKit's metadata`);
	const config = metadata["containerimage.config.digest"];
	return {
		descriptor: {
			mediaType,
			digest,
			size,
			platform
		},
		configDigest: typeof config === "string" && isDigest(config) ? config : void 0
	};
}
// src/buildkit/progress.ts
const keptLogLines = 20;
function createProgressReader() {
	const vertexes = /* @__PURE__ */ new Map();
	const messages = [];
	const update = (status) => {
		const lines = [];
		for (const { digest, name, started, completed, cached, error } of status.vertexes ?? []) {
			let vertex = vertexes.get(digest);
			if (vertex === void 0) {
				vertex = {
					name: "",
					started: void 0,
					completed: false,
					cached: false,
					error: void 0,
					log: []
				};
				vertexes.set(digest, vertex);
			}
			vertex.name = neutralise(name ?? vertex.name);
			vertex.cached ||= cached ?? false;
			const isNew = vertex.started === void 0 && started !== void 0;
			vertex.started ??= started;
			if (isNew && completed === void 0 && isShown(vertex)) lines.push(vertex.name);
			if (completed === void 0 || vertex.completed) continue;
			vertex.completed = true;
			vertex.error = error === void 0 || error === "" ? void 0 : neutralise(error);
			if (isShown(vertex)) lines.push(`${vertex.name} ${outcome(vertex, completed)}`);
		}
		for (const { vertex: digest, data } of status.logs ?? []) {
			const text = neutralise(Buffer.from(data, "base64").toString("utf8")).trimEnd();
			if (text === "") continue;
			const printed = text.split("\n");
			const log = vertexes.get(digest)?.log;
			log?.push(...printed);
			log?.splice(0, log.length - keptLogLines);
			lines.push(...printed.map((line) => `| ${line}`));
		}
		for (const { short } of status.warnings ?? []) if (short !== void 0) lines.push(`warning: ${neutralise(Buffer.from(short, "base64").toString("utf8"))}`);
		return lines;
	};
	return {
		read: (line) => {
			const status = parseStatus(line);
			if (status !== void 0) return update(status);
			if (line.trim() !== "") messages.push(neutralise(line));
			return [];
		},
		failure: () => {
			const failed = [...vertexes.values()].find(({ error }) => error !== void 0);
			return failed === void 0 ? void 0 : {
				step: failed.name,
				log: failed.log
			};
		},
		said: () => {
			const isError = (line) => line.startsWith("error: ");
			return {
				error: messages.filter(isError).map((line) => line.replace(/^error: (failed to solve: )?/, "")).join("\n"),
				around: messages.filter((line) => !isError(line))
			};
		},
		cached: () => {
			const steps = [...vertexes.values()].filter(isStep);
			return {
				steps: steps.length,
				cached: steps.filter(({ cached }) => cached).length
			};
		}
	};
}
function parseStatus(line) {
	if (!line.startsWith("{")) return void 0;
	try {
		return JSON.parse(line);
	} catch {
		return;
	}
}
function isShown(vertex) {
	return vertex.error !== void 0 || !vertex.name.startsWith("[internal]");
}
function isStep({ name }) {
	return /^\[([\w.-]+ )?\d+\/\d+\] /.test(name);
}
function outcome(vertex, completed) {
	if (vertex.error !== void 0) return "failed";
	if (vertex.cached) return "cached";
	const seconds = (Date.parse(completed) - Date.parse(vertex.started ?? completed)) / 1e3;
	return `done in ${Math.max(seconds, 0).toFixed(1)} s`;
}
// src/steps/build/execute.ts
async function executeBuild(plan, ports) {
	const folder = await mkdtemp(join(ports.env["RUNNER_TEMP"] || tmpdir(), "multiarch-build-"));
	try {
		const settled = await Promise.allSettled(plan.solves.map((solve, index) => performSolve(solve, join(folder, `${index}.json`), ports)));
		const failures = settled.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
		const cancelled = failures.find((failure) => failure instanceof CancelledError);
		if (cancelled !== void 0) throw cancelled;
		if (failures.length > 0) throw joinFailures(failures, plan.solves.length);
		const images = settled.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
		remember(plan, images, ports);
		return { images };
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
async function performSolve(solve, metadataFile, ports) {
	const { emulated, platform } = solve;
	const name = formatPlatform(platform);
	const progress = createProgressReader();
	const begin = performance.now();
	const show = (lines) => {
		if (lines.length > 0) ports.log.info(lines.map((line) => `${name.padEnd(14)} ${line}`).join("\n"));
	};
	show([`building${emulated ? " (emulated)" : ""}`]);
	try {
		await ports.exec(solveCommand({
			...solve,
			metadataFile
		}), { onStderrLine: (line) => show(progress.read(line)) });
	} catch (error) {
		throw error instanceof ExecError ? solveFailure(name, progress, error) : error;
	}
	const metadata = parseMetadata(await readFile(metadataFile, "utf8"), platform, name);
	const seconds = (performance.now() - begin) / 1e3;
	show([`pushed ${metadata.descriptor.digest} after ${seconds.toFixed(1)} s`]);
	return {
		...metadata,
		platform,
		emulated,
		seconds,
		steps: progress.cached()
	};
}
function solveFailure(platform, progress, end) {
	const { error, around } = progress.said();
	const how = end.signal === null ? `buildctl ended with exit code ${end.exitCode}` : `buildctl was killed by ${end.signal}`;
	const failed = progress.failure();
	const printed = failed?.log ?? [];
	const lines = [
		`${platform}: ${error === "" ? how : error}`,
		...around.map((line) => `  ${line}`),
		...failed === void 0 ? [] : [`  in ${failed.step}`, ...printed.map((line) => `  | ${line}`)]
	];
	return new WorkError(lines.join("\n"), { fix: solveAdvice([error, ...printed].join("\n"), platform) });
}
function joinFailures(failures, total) {
	const [first] = failures;
	if (failures.length === 1 && total === 1 && first instanceof WorkError) return first;
	const texts = failures.map((failure) => failure instanceof Error ? failure.message : String(failure));
	const fixes = failures.flatMap((failure) => failure instanceof WorkError ? failure.fix ?? [] : []);
	return new WorkError([`${failures.length} of ${total} platforms failed; nothing was tagged`, ...texts].join("\n"), { fix: fixes.length === 0 ? void 0 : [...new Set(fixes)].join("\n") });
}
function remember(plan, images, ports) {
	const descriptors = images.map(({ descriptor }) => descriptor);
	ports.state.update((state) => ({
		...state,
		builds: {
			...state.builds,
			...Object.fromEntries(plan.repositories.map((repository) => [formatReference(repository), descriptors]))
		}
	}));
}
// src/steps/build/plan.ts
function planBuild(inputs, facts) {
	const own = facts.nodes[0]?.workers[0];
	const platforms = inputs.platforms.length > 0 ? inputs.platforms : own === void 0 ? [] : [own];
	if (platforms.length === 0) throw new WorkError("the daemon's own platform is not known, because it can't be asked", { fix: "name the platforms" });
	const { buildctl, context, file, registries } = facts;
	return {
		repositories: inputs.image,
		solves: platforms.map((platform) => {
			const { endpoint, workers } = chooseNode(platform, facts.nodes);
			return {
				endpoint,
				buildctl,
				context,
				file,
				platform,
				registries,
				repositories: inputs.image,
				buildArgs: inputs.buildArgs.map((argument) => argument.includes("=") ? argument : `${argument}=${facts.env[argument] ?? ""}`),
				...inputs.target === "" ? {} : { target: inputs.target },
				emulated: workers[0] !== void 0 && !runsBySelf(platform, workers[0])
			};
		})
	};
}
function chooseNode(platform, nodes) {
	const lists = (platforms) => platforms?.some((candidate) => samePlatform(candidate, platform)) ?? false;
	const open = nodes.filter(({ endpoint }) => endpoint.platforms === void 0);
	const node = nodes.find(({ endpoint }) => lists(endpoint.platforms)) ?? open.find(({ workers: [own] }) => own !== void 0 && runsBySelf(platform, own)) ?? open.find(({ workers }) => lists(workers)) ?? open[0];
	if (node !== void 0) return node;
	throw new WorkError(`no BuildKit daemon is for ${formatPlatform(platform)}`, { fix: "name the platform behind one of the endpoints, or give an endpoint without platforms" });
}
function runsBySelf(platform, own) {
	return isNative(platform.architecture, own.architecture);
}
function describeBuild({ solves }) {
	return solves.map((solve) => formatCommand(solveCommand({
		...solve,
		metadataFile: "METADATA_FILE"
	})));
}
// src/steps/build/probe.ts
async function probeBuild(inputs, ports) {
	const { builder, registries = [] } = ports.state.read();
	const buildctl = builder?.buildctl ?? "buildctl";
	const given = resolveRegistries(inputs.registries, ports.cwd);
	return {
		nodes: await Promise.all(findEndpoints(inputs, ports).map(async (endpoint) => ({
			endpoint,
			workers: await askDaemon(buildctl, endpoint, ports)
		}))),
		buildctl,
		registries: given.length > 0 ? given : registries,
		...buildPaths(inputs, ports.cwd),
		env: namedArguments(inputs.buildArgs, ports)
	};
}
function findEndpoints(inputs, { env, state }) {
	const known = state.read().builder?.endpoints ?? [];
	const address = inputs.builder || env["BUILDKIT_HOST"] || "";
	if (address !== "") return known[0]?.address === address ? known : [{ address }];
	if (known.length > 0) return known;
	throw new WorkError("there is no BuildKit daemon to build with", { fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one" });
}
async function askDaemon(buildctl, endpoint, ports) {
	try {
		return await probeWorkers(buildctl, endpoint, ports.exec);
	} catch (error) {
		if (ports.dryRun) return [];
		if (error instanceof ProgramMissingError) throw new WorkError("buildctl was not found", {
			cause: error,
			fix: "run setup before build, which fetches it, or put buildctl on PATH"
		});
		if (!(error instanceof ExecError)) throw error;
		throw new WorkError(`the BuildKit daemon at ${endpoint.address} does not answer`, {
			cause: error,
			fix: "is it still running? setup starts one; BUILDKIT_HOST or builder name another"
		});
	}
}
function namedArguments(buildArgs, { env }) {
	return Object.fromEntries(buildArgs.filter((argument) => !argument.includes("=")).map((name) => [name, env[name] ?? ""]));
}
// src/steps/build/work.ts
const buildWork = {
	probe: probeBuild,
	plan: planBuild,
	describe: describeBuild,
	execute: executeBuild,
	report: ({ images }) => {
		const [only, ...others] = images;
		const single = others.length === 0 ? only : void 0;
		return {
			outputs: {
				descriptors: JSON.stringify(images.map(({ descriptor }) => descriptor)),
				...single === void 0 ? {} : { digest: single.descriptor.digest },
				...single?.configDigest === void 0 ? {} : { imageid: single.configDigest },
				metadata: JSON.stringify(Object.fromEntries(images.map(({ platform, descriptor, configDigest, seconds, steps, emulated }) => [formatPlatform(platform), {
					"containerimage.digest": descriptor.digest,
					"containerimage.config.digest": configDigest,
					seconds: Number(seconds.toFixed(3)),
					steps: steps.steps,
					cached: steps.cached,
					emulated
				}])))
			},
			variables: {},
			paths: [],
			lines: [`built ${images.length === 1 ? "1 platform" : `${images.length} platforms`}`]
		};
	}
};
export { buildWork };
