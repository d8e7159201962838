import { A as boundSummary, dn as joinLines, fn as plainSyntax, j as createDeliveries, jn as describeError, on as createStreamHost, un as stepVariables, wn as findProgram } from "./shared.js";
// src/host/buildkite.ts
const timeoutMilliseconds = 1e4;
const annotationBytes = 1048576;
const agentProgram = "buildkite-agent";
function createBuildkiteHost(world) {
	const { env } = world;
	const isAgentHere = findProgram(agentProgram, env["PATH"] ?? "") !== void 0 && (env["BUILDKITE_AGENT_ACCESS_TOKEN"] ?? "") !== "";
	const agent = async (args, stdin) => {
		await world.exec({
			program: agentProgram,
			args
		}, {
			stdin,
			signal: AbortSignal.timeout(timeoutMilliseconds)
		});
	};
	const annotate = (style, name, markdown) => {
		const options = [
			"--style",
			style,
			"--context",
			`multiarch-${name}-${env["BUILDKITE_JOB_ID"] ?? ""}`,
			"--append"
		];
		return agent(["annotate", ...options], boundSummary(markdown, annotationBytes));
	};
	const { finish, send } = createDeliveries((error) => host.log.debug(describeError(error)));
	const problems = [];
	let style = "warning";
	const host = createStreamHost("buildkite", world, {
		syntax: buildkiteSyntax((text, isError) => {
			problems.push(text);
			if (isError) style = "error";
		}),
		announceSecret: (secret) => {
			if (!isAgentHere || !env["BUILDKITE_AGENT_JOB_API_SOCKET"] || secret.trim() === "") return;
			send(() => agent(["redactor", "add"], secret));
		},
		handOn: async (outputs, log) => {
			if (!isAgentHere) return;
			const settings = stepVariables(outputs).filter(([, value]) => value.trim() !== "").map(([name, value]) => agent([
				"meta-data",
				"set",
				name
			], value).catch((error) => log.warning(`${name} could not be handed on as meta-data: ${describeError(error)}`)));
			await Promise.all(settings);
		},
		...isAgentHere ? { summary: (markdown) => annotate("info", "summary", markdown) } : {},
		close: async () => {
			if (isAgentHere && problems.length > 0) {
				const markdown = problems.splice(0).map(preformatted).join("\n");
				send(() => annotate(style, "problems", markdown));
			}
			await finish();
		}
	});
	return host;
}
function buildkiteSyntax(noteProblem) {
	let isInGroup = false;
	const outside = (text) => {
		const heading = isInGroup ? "+++ multiarch" : "";
		isInGroup = false;
		return joinLines(heading, withoutHeadings(text));
	};
	const group = (mark, title, body) => {
		isInGroup = true;
		return joinLines(`${mark} ${title}`, withoutHeadings(body));
	};
	return {
		debug: (text) => outside(plainSyntax.debug(text)),
		info: outside,
		warning: (text, about) => {
			const said = plainSyntax.warning(text, about);
			noteProblem(said, false);
			return outside(said);
		},
		error: (text, about) => {
			const said = plainSyntax.error(text, about);
			noteProblem(said, true);
			return outside(said);
		},
		group: (title, body) => group("+++", title, body),
		untrusted: (title, body) => group("---", title, body)
	};
}
function withoutHeadings(text) {
	return text.replaceAll(/^(?=(?:\u001b\[[\d;]*[mK])*(?:---|\+\+\+|~~~|\^\^\^)(?:\s|$))/gm, " ");
}
function preformatted(text) {
	const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
	const fence = "`".repeat(Math.max(3, longest + 1));
	return `${fence}\n${text}\n${fence}\n`;
}
export { createBuildkiteHost };
