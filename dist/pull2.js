import { An as WorkError, P as recognizeComplaint, bn as ExecError, jn as describeError } from "./shared.js";
import { t as imageSources } from "./sources.js";
import { setTimeout } from "node:timers/promises";
// src/container-image/pull.ts
async function provideImage(text, options) {
	const { engine, mirrors, log } = options;
	const sources = imageSources(text, mirrors, engine);
	const present = await Promise.all(sources.map((source) => isPresent(source, options)));
	const there = sources.find((_, index) => present[index] === true);
	if (there !== void 0) {
		log.debug(`${there.reference} is there already`);
		return {
			reference: there.reference,
			pulled: false
		};
	}
	const failures = [];
	for (const [index, source] of sources.entries()) {
		const isLast = index === sources.length - 1;
		const outcome = await pull(source, isLast, options);
		if (!("cause" in outcome)) {
			if (source.digest === void 0) log.info(tagOnly(source, outcome.digest));
			return {
				reference: source.reference,
				pulled: true
			};
		}
		failures.push(outcome);
		if (outcome.complaint?.kind === "engine-down" || outcome.complaint?.kind === "disk-full") break;
		if (!isLast) log.info(`${source.reference} can't be pulled (${outcome.said}); trying the next source`);
	}
	throw pullError(text, failures);
}
async function isPresent({ reference, digest }, { engine, exec }) {
	try {
		const { stdout } = await exec({
			program: engine,
			args: [
				"image",
				"inspect",
				"--format={{json .RepoDigests}}",
				reference
			]
		});
		if (digest === void 0) return true;
		return JSON.parse(stdout)?.some((name) => name.endsWith(`@${digest}`)) === true;
	} catch (error) {
		if (error instanceof ExecError || error instanceof SyntaxError) return false;
		throw error;
	}
}
function allowedTries(complaint, isLast, maxTries) {
	switch (complaint?.kind) {
		case "rate-limit":
		case "server":
		case "interrupted": return isLast ? maxTries : 3;
		case "unreachable": return isLast ? 2 : 1;
		default: return 1;
	}
}
async function pull(source, isLast, options) {
	const { engine, exec, log, signal, clock } = options;
	log.info(`pulling ${source.reference}`);
	for (let tries = 1;; tries++) try {
		const { stdout } = await exec({
			program: engine,
			args: ["pull", source.reference]
		}, { onStdoutLine: (line) => log.debug(line) });
		return { digest: /^Digest: (sha256:[0-9a-f]{64})$/m.exec(stdout)?.[1] };
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		const [{ backoff, maxTries }, { printable }] = await Promise.all([import("./retry.js"), import("./error.js")]);
		const complaint = recognizeComplaint(error.stderr);
		const said = printable(error.stderr.trim().split("\n").at(-1) ?? "").slice(0, 300) || error.message;
		const allowed = allowedTries(complaint, isLast, maxTries);
		if (tries >= allowed) return {
			source,
			said,
			tries,
			complaint,
			cause: error
		};
		const wait = backoff(tries, (clock?.random ?? Math.random)());
		log.warning(`${source.reference}: ${said}; trying again in ${(wait / 1e3).toFixed(1)} s (try ${tries + 1} of ${allowed})`);
		await sleep(wait, signal, clock);
		const hopeless = await waitAsAsked(source, isLast, complaint, options);
		if (hopeless !== void 0) return {
			source,
			said: hopeless,
			tries,
			complaint,
			cause: error
		};
	}
}
const patience = {
	last: 3e5,
	other: 1e4
};
async function waitAsAsked({ reference }, isLast, complaint, { ask, log, signal }) {
	if (complaint?.kind !== "rate-limit" && complaint?.kind !== "server") return void 0;
	const [{ RegistryError }, { isTemporary }] = await Promise.all([import("./error.js"), import("./retry.js")]);
	try {
		await ask(reference, isLast ? patience.last : patience.other);
	} catch (error) {
		signal?.throwIfAborted();
		if (error instanceof RegistryError && (error.temporary || error.status !== void 0 && isTemporary({ status: error.status }))) return error.message;
		log.debug(`${reference} can't be asked for: ${describeError(error)}`);
	}
}
async function sleep(duration, signal, clock) {
	if (clock?.sleep !== void 0) return clock.sleep(duration);
	try {
		await setTimeout(duration, void 0, signal === void 0 ? {} : { signal });
	} catch (error) {
		signal?.throwIfAborted();
		throw error;
	}
}
function tagOnly({ reference }, digest) {
	return `${reference} is named by its tag only, so it may be another image next time; ${digest === void 0 ? "@sha256:…" : `@${digest}`} behind it pins it`;
}
const tellingKinds = [
	"engine-down",
	"disk-full",
	"platform",
	"rate-limit",
	"denied",
	"not-trusted",
	"unreachable",
	"server",
	"interrupted"
];
function pullError(text, failures) {
	const lines = failures.map(({ source, said, tries }) => `${source.reference}: ${said}${tries > 1 ? ` (${tries} tries)` : ""}`);
	const rank = ({ complaint }) => {
		const index = complaint === void 0 ? -1 : tellingKinds.indexOf(complaint.kind);
		return index === -1 ? tellingKinds.length : index;
	};
	const [telling] = failures.toSorted((one, other) => rank(one) - rank(other));
	const message = lines.length === 1 ? `the image ${text} could not be pulled: ${lines[0]}` : `the image ${text} could not be pulled from any of its sources:\n${lines.map((line) => `  ${line}`).join("\n")}`;
	return new WorkError(message, {
		...telling?.cause.stderr.trim().includes("\n") === true ? { cause: telling.cause } : {},
		fix: telling?.complaint?.fix ?? "check the name of the image, and that the engine reaches the registry"
	});
}
export { provideImage as t };
