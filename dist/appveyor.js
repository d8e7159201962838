import { fn as plainSyntax, j as createDeliveries, jn as describeError, on as createStreamHost, un as stepVariables } from "./shared.js";
// src/host/appveyor.ts
const timeoutMilliseconds = 1e4;
function createAppveyorHost(world) {
	const { send, finish } = createDeliveries((error) => host.log.debug(describeError(error)));
	const worker = world.env["APPVEYOR_API_URL"] ?? "";
	const post = (path, body) => {
		if (URL.canParse(worker)) send(() => postJson(new URL(path, worker), body));
	};
	const host = createStreamHost("appveyor", world, {
		syntax: appveyorSyntax(post),
		handOn: async (outputs) => {
			for (const [name, value] of stepVariables(outputs)) post("api/build/variables", {
				name,
				value
			});
			await finish();
		},
		close: finish
	});
	return host;
}
function appveyorSyntax(post) {
	const annotate = (category, message, { file, line }) => {
		if (file === void 0) post("api/build/messages", {
			message,
			category
		});
		else post("api/build/compilationmessages", {
			message,
			category,
			fileName: file,
			...line === void 0 ? {} : { line }
		});
	};
	return {
		...plainSyntax,
		warning: (text, about) => {
			annotate("warning", text, about);
			return plainSyntax.warning(text, about);
		},
		error: (text, about) => {
			annotate("error", text, about);
			return plainSyntax.error(text, about);
		}
	};
}
async function postJson(url, body) {
	const response = await fetch(url, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(timeoutMilliseconds)
	});
	await response.body?.cancel();
	if (!response.ok) throw new Error(`the build worker answered ${url.pathname} with ${response.status}`);
}
export { createAppveyorHost };
