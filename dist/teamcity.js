import { dn as joinLines, fn as plainSyntax, on as createStreamHost, pn as withPlace, un as stepVariables } from "./shared.js";
// src/host/teamcity.ts
const descriptionLength = 4e3;
function createTeamcityHost(world) {
	if (world.printsResults) return createStreamHost("teamcity", world, {});
	const print = world.stdout;
	return createStreamHost("teamcity", world, {
		syntax: teamcitySyntax,
		print,
		handOn: (outputs) => {
			for (const [name, value] of stepVariables(outputs)) print(`${message("setParameter", {
				name: `env.${name}`,
				value: withoutReferences(value)
			})}\n`);
			if (outputs.paths.length === 0) return;
			const value = withoutReferences([...outputs.paths, world.env["PATH"] ?? ""].join(":"));
			print(`${message("setParameter", {
				name: "env.PATH",
				value
			})}\n`);
		}
	});
}
const teamcitySyntax = {
	debug: plainSyntax.debug,
	info: (text) => text,
	warning: (text, about) => message("message", {
		text: withPlace(text, about),
		status: "WARNING"
	}),
	error: reportProblem,
	group: block,
	untrusted: block
};
function block(title, body) {
	return joinLines(message("blockOpened", { name: title }), body, message("blockClosed", { name: title }));
}
function reportProblem(text, about) {
	const whole = withPlace(text, about);
	return joinLines(message("message", {
		text: whole,
		status: "ERROR"
	}), message("buildProblem", { description: whole.slice(0, descriptionLength) }));
}
function message(name, attributes) {
	return `##teamcity[${name}${Object.entries(attributes).map(([key, value]) => ` ${key}='${escape(value)}'`).join("")}]`;
}
function escape(text) {
	return text.replaceAll(/['|[\]]/g, "|$&").replaceAll("\n", "|n").replaceAll("\r", "|r").replaceAll(/[\u0080-\uffff]/g, (unit) => `|0x${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
function withoutReferences(value) {
	return value.replaceAll("%", "%%");
}
export { createTeamcityHost };
