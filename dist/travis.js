import { dn as joinLines, fn as plainSyntax, on as createStreamHost } from "./shared.js";
// src/host/travis.ts
function createTravisHost(world) {
	return createStreamHost("travis", world, { syntax: travisSyntax(world.now) });
}
function travisSyntax(now) {
	let count = 0;
	const fold = (title, body) => {
		const name = `multiarch.${now()}.${++count}`;
		return joinLines(`travis_fold:start:${name}\r\u001b[0K${title}`, body, `travis_fold:end:${name}\r\u001b[0K`);
	};
	return {
		...plainSyntax,
		group: fold,
		untrusted: fold
	};
}
export { createTravisHost };
