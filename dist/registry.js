import { r as __toESM } from "./rolldown-runtime.js";
import { An as WorkError, Gt as isLoopback, I as loadDockerConfigs, Jt as redactUrl, Kt as mayReach, Ut as addressKind, Wt as apiHost, Xt as registryUrl, Yt as refusal, Zt as urlHostname, qt as ownUrl } from "./shared.js";
import { C as formatReference, D as digestOf, E as withTarget, O as isDigest, _ as parseJsonObject, c as manifestMediaTypes, d as parseContentType, g as marshalIndent, h as isJsonObject, i as dockerManifest, k as matchesDigest, l as ociIndex, m as parseDescriptor, o as isIndexType, s as isSchema1Type, u as ociManifest, v as stringMap } from "./oci.js";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { request } from "node:http";
import { Readable } from "node:stream";
import { connect as connect$1 } from "node:tls";
import { readFile, readdir } from "node:fs/promises";
import { setImmediate, setTimeout as setTimeout$1 } from "node:timers/promises";
import { spawn } from "node:child_process";
import { lookup } from "node:dns";
import { lookup as lookup$1 } from "node:dns/promises";
import { setFlagsFromString } from "node:v8";
import { request as request$1 } from "node:https";
// src/oci/manifest.ts
function parseManifest(bytes, what, contentType = "") {
	const body = parseJsonObject(bytes, what);
	const mediaType = mediaTypeOf(body, what, parseContentType(contentType));
	const common = {
		mediaType,
		...optional("annotations", stringMap(body["annotations"], `${what}: annotations`)),
		...optional("artifactType", typeof body["artifactType"] === "string" ? body["artifactType"] : void 0),
		...optional("subject", body["subject"] === void 0 || body["subject"] === null ? void 0 : parseDescriptor(body["subject"], `${what}: subject`))
	};
	if (isIndexType(mediaType)) return {
		kind: "index",
		...common,
		manifests: descriptors(body, "manifests", what)
	};
	return {
		kind: "manifest",
		...common,
		config: parseDescriptor(body["config"], `${what}: config`),
		layers: descriptors(body, "layers", what)
	};
}
function mediaTypeOf(body, what, header) {
	const declared = body["mediaType"];
	if (body["schemaVersion"] === 1 || isSchema1Type(header) || typeof declared === "string" && isSchema1Type(declared)) throw new WorkError(`${what} is a Docker schema 1 manifest, which no current tool builds`, { fix: "build and push the image again" });
	if (body["schemaVersion"] !== 2) throw new WorkError(`${what}: schemaVersion must be 2`);
	if (declared !== void 0 && typeof declared !== "string") throw new WorkError(`${what}: mediaType must be a string`);
	const known = isKnown(header) ? header : "";
	if (known === "" && ![
		"",
		"text/plain",
		"application/json",
		"application/octet-stream"
	].includes(header)) throw new WorkError(`${what} has the type ${JSON.stringify(header)}, which is no manifest or image index`);
	if (declared !== void 0 && declared !== "" && !isKnown(declared)) throw new WorkError(`${what} has the type ${JSON.stringify(declared)}, which is no manifest or image index`);
	if (known !== "" && declared !== void 0 && declared !== "" && declared !== known) throw new WorkError(`${what}: the registry calls it ${known}, but the document calls itself ${declared}`);
	const mediaType = known !== "" ? known : declared || guess(body);
	const holds = (field) => body[field] !== void 0 && body[field] !== null;
	const contradicts = isIndexType(mediaType) ? [
		"config",
		"layers",
		"fsLayers"
	].filter(holds) : ["manifests", "fsLayers"].filter(holds);
	if (contradicts.length > 0) throw new WorkError(`${what} is a ${mediaType} and yet holds ${contradicts.join(" and ")}`);
	return mediaType;
}
function isKnown(mediaType) {
	return manifestMediaTypes.includes(mediaType);
}
function guess(body) {
	if (body["manifests"] !== void 0) return ociIndex;
	const { config } = body;
	return isJsonObject(config) && config["mediaType"] === "application/vnd.docker.container.image.v1+json" ? dockerManifest : ociManifest;
}
function descriptors(body, field, what) {
	const list = body[field];
	if (!Array.isArray(list)) throw new WorkError(`${what}: ${field} must be a list`);
	return list.map((item, position) => parseDescriptor(item, `${what}: ${field}[${position}]`));
}
function optional(key, value) {
	return value === void 0 ? {} : { [key]: value };
}
// src/registry/error.ts
var RegistryError = class extends WorkError {
	name = "RegistryError";
	status;
	codes;
	temporary;
	constructor(message, options = {}) {
		super(message, options);
		this.status = options.status;
		this.codes = options.codes ?? [];
		this.temporary = options.temporary ?? false;
	}
	get code() {
		return this.codes[0];
	}
};
var ProxyError = class extends Error {
	name = "ProxyError";
	status;
	constructor(proxy, what, options = {}) {
		super(`the proxy ${proxy.host} ${what}`, options);
		this.status = options.status;
	}
};
function parseErrorBody(body) {
	let value;
	try {
		value = JSON.parse(body);
	} catch {
		return [];
	}
	if (typeof value !== "object" || value === null) return [];
	const { errors, details, message } = value;
	if (Array.isArray(errors)) return errors.flatMap((entry) => readEntry(entry));
	const text = typeof details === "string" ? details : message;
	return typeof text === "string" ? [{
		code: "",
		message: text
	}] : [];
}
function readEntry(entry) {
	if (typeof entry !== "object" || entry === null) return [];
	const { code, message, detail } = entry;
	const text = (value) => typeof value === "string" ? value : "";
	const parts = [text(message), text(detail)].filter((part) => part !== "");
	return [{
		code: text(code),
		message: parts.join("; ")
	}];
}
function summarizeErrorBody(body) {
	const entries = parseErrorBody(body);
	const said = entries.map(({ code, message }) => [code, message].filter((part) => part !== "").join(": "));
	return printable(entries.length > 0 ? said.join("; ") : body).slice(0, 300);
}
function printable(text) {
	return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").replaceAll(/\s+/g, " ").trim();
}
// src/registry/digest-check.ts
var AlteredError = class extends RegistryError {};
function requireDigest(bytes, digest, what) {
	if (matchesDigest(bytes, digest)) return;
	throw altered(what, digest, digestOf(bytes), bytes.length);
}
async function* checkedBody(body, { digest, size }, what) {
	const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
	const hash = createHash(algorithm);
	let length = 0;
	let held;
	for await (const chunk of body) {
		if (held !== void 0) yield held;
		hash.update(chunk);
		length += chunk.length;
		held = chunk;
	}
	const found = `${algorithm}:${hash.digest("hex")}`;
	if (found !== digest || length !== size) throw altered(what, `${digest} (${size} bytes)`, found, length);
	if (held !== void 0) yield held;
}
async function orAgain(log, work) {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof AlteredError)) throw error;
		log.warning(`${error.message}; asking again`);
		return work();
	}
}
function altered(what, expected, found, size) {
	return new AlteredError(`${what}: expected ${expected}, but the registry sent ${found} (${size} bytes)`);
}
// src/registry/challenge.ts
const token = /[\w!#$%&'*+.^`|~-]+/y;
const looseValue = /[^\s,"]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/sy;
const space = /[ \t]*/y;
function parseChallenges(header) {
	return (typeof header === "string" ? [header] : header).flatMap((text) => parseHeader(text));
}
function parseHeader(text) {
	const challenges = [];
	let position = 0;
	const take = (pattern) => {
		pattern.lastIndex = position;
		const match = pattern.exec(text);
		if (match !== null) position = pattern.lastIndex;
		return match;
	};
	const skipSpace = () => void take(space);
	const wrong = (why) => new WorkError(`unreadable WWW-Authenticate header ${JSON.stringify(text.slice(0, 300))}: ${why}`);
	const word = () => {
		const [all, inside] = take(quoted) ?? take(token) ?? [];
		return inside === void 0 ? all : unquote(inside);
	};
	const value = () => {
		if (text[position] === "\"") {
			const match = take(quoted);
			if (match === null) throw wrong("a quote is not closed");
			return unquote(match[1] ?? "");
		}
		return take(looseValue)?.[0];
	};
	let separated = true;
	for (;;) {
		skipSpace();
		while (text[position] === ",") {
			separated = true;
			position++;
			skipSpace();
		}
		if (position >= text.length) return challenges;
		const name = word();
		if (name === void 0) throw wrong(`unexpected ${JSON.stringify(text[position])}`);
		const afterName = position;
		skipSpace();
		const current = challenges.at(-1);
		if (text[position] === "=" && current !== void 0) {
			if (!separated) throw wrong(`a comma is missing before ${name}`);
			position++;
			skipSpace();
			const found = value();
			if (found !== void 0) current.params[name.toLowerCase()] ??= found;
			separated = false;
			continue;
		}
		position = afterName;
		if (!separated) throw wrong(`a comma is missing before ${name}`);
		challenges.push({
			scheme: name.toLowerCase(),
			params: {}
		});
		separated = true;
		take(/ +[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y);
	}
}
function unquote(text) {
	return text.replaceAll(/\\(.)/gs, "$1");
}
// src/registry/realm.ts
function parseRealm(realm, registry) {
	const wrong = (why) => new RegistryError(`${registry.host} asks for a token from ${JSON.stringify(printable(realm))}: ${why}`, { fix: "credentials were not sent; check the registry's address" });
	let url;
	try {
		url = new URL(realm);
	} catch {
		throw wrong("not a URL");
	}
	const why = refusal(registry, url, "own-host");
	if (why !== void 0) throw wrong(why);
	return url;
}
// src/registry/scope.ts
function repositoryScope(repository, actions) {
	return `repository:${repository}:${cleanActions(actions).join(",")}`;
}
function cleanScopes(scopes) {
	const merged = /* @__PURE__ */ new Map();
	const plain = /* @__PURE__ */ new Set();
	for (const scope of scopes) {
		const [, resource, actions] = /^([^:]+:.+):([^:]*)$/s.exec(scope) ?? [];
		if (resource === void 0 || actions === void 0) {
			if (scope !== "") plain.add(scope);
		} else merged.set(resource, [...merged.get(resource) ?? [], ...actions.split(",")]);
	}
	const full = [...merged].map(([resource, actions]) => ({
		resource,
		actions: cleanActions(actions)
	})).filter(({ actions }) => actions.length > 0);
	return [...plain, ...full.map(({ resource, actions }) => `${resource}:${actions.join(",")}`)].toSorted();
}
function cleanActions(actions) {
	const unique = [...new Set(actions)].filter((action) => action !== "").toSorted();
	return unique.includes("*") ? ["*"] : unique;
}
// src/registry/token.ts
const defaultLifetime = 60;
function parseTokenResponse(body, service) {
	let value;
	try {
		value = JSON.parse(body);
	} catch {
		throw new RegistryError(`${service} answered with something that is not JSON instead of a token`);
	}
	const fields = typeof value === "object" && value !== null ? value : {};
	const token = [fields["token"], fields["access_token"]].find((text) => typeof text === "string" && text !== "");
	if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) throw new RegistryError(`${service} answered without a token`);
	const seconds = Number(fields["expires_in"] ?? 0);
	return {
		token,
		expiresIn: Number.isFinite(seconds) && seconds > 0 ? seconds : defaultLifetime
	};
}
// src/registry/auth.ts
const maxTokenBytes = 65536;
function createAuthorizer(options) {
	const { credentials, send, clock, log } = options;
	const services = /* @__PURE__ */ new Map();
	const basics = /* @__PURE__ */ new Map();
	const basicOrigins = /* @__PURE__ */ new Set();
	const tokens = /* @__PURE__ */ new Map();
	const askedScopes = /* @__PURE__ */ new Map();
	const sources = /* @__PURE__ */ new Map();
	const find = async (target) => {
		const found = await credentials.find(target.registry, target.repository);
		sources.set(target.base.origin, found);
		return found;
	};
	const scopesOf = (target) => askedScopes.get(scopeKey(target)) ?? ownScopes(target);
	const rememberScopes = (target, asked) => {
		if (asked === void 0 || asked === "") return;
		askedScopes.set(scopeKey(target), cleanScopes([...scopesOf(target), ...asked.split(" ")]));
	};
	const fetchToken = async (target, service, scopes) => {
		const found = await find(target);
		const given = found.credentials ?? {};
		if (given.registryToken !== void 0) return {
			header: `Bearer ${given.registryToken}`,
			expires: Number.POSITIVE_INFINITY
		};
		log.debug(`asking ${service.realm.host} for a token for ${scopes.join(" ")} (${describeFound(target, found)})`);
		const asked = clock.now();
		const { token, expiresIn } = parseTokenResponse(await exchange(send, target, service, scopes, given, describeFound(target, found)), service.realm.host);
		return {
			header: `Bearer ${token}`,
			expires: asked + expiresIn * 900
		};
	};
	const bearer = async (target, service, used) => {
		const scopes = scopesOf(target);
		const key = `${target.base.origin} ${scopes.join(" ")}`;
		const cached = tokens.get(key);
		if (cached !== void 0) {
			const token = await cached;
			if (token.header !== used && token.expires > clock.now()) return token.header;
			if (tokens.get(key) === cached) tokens.delete(key);
			return bearer(target, service, used);
		}
		const fetched = fetchToken(target, service, scopes);
		tokens.set(key, fetched);
		try {
			return (await fetched).header;
		} catch (error) {
			tokens.delete(key);
			throw error;
		}
	};
	const basic = async (target) => {
		const { username, password } = (await find(target)).credentials ?? {};
		if (username === void 0 || password === void 0) return void 0;
		const header = basicHeader(username, password);
		basics.set(basicKey(target), header);
		return header;
	};
	return {
		authorization: async (target) => {
			const service = services.get(target.base.origin);
			if (service !== void 0) return bearer(target, service);
			if (!basicOrigins.has(target.base.origin)) return void 0;
			return basics.get(basicKey(target)) ?? basic(target);
		},
		answer: async (target, header, used) => {
			const challenges = parseChallenges(header);
			const token = challenges.find(({ scheme, params }) => scheme === "bearer" && params["realm"]);
			if (token !== void 0) {
				const { realm = "", service, scope } = token.params;
				const known = {
					realm: parseRealm(realm, target.base),
					service
				};
				services.set(target.base.origin, known);
				rememberScopes(target, scope);
				return bearer(target, known, used);
			}
			if (!challenges.some(({ scheme }) => scheme === "basic")) return void 0;
			basicOrigins.add(target.base.origin);
			return basic(target);
		},
		describe: (target) => describeFound(target, sources.get(target.base.origin))
	};
}
function ownScopes({ repository, actions, mountFrom }) {
	const mounted = mountFrom === void 0 ? [] : [repositoryScope(mountFrom, ["pull"])];
	return cleanScopes([repositoryScope(repository, actions), ...mounted]);
}
function scopeKey(target) {
	return [target.base.origin, ...ownScopes(target)].join(" ");
}
function basicKey(target) {
	return `${target.base.origin}/${target.repository}`;
}
function basicHeader(username, password) {
	return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
function describeFound(target, found) {
	if (found === void 0) return `no credentials were asked for`;
	if (found.credentials === void 0) return `no credentials found for ${target.registry} in ${found.source}`;
	return `credentials of ${target.registry} from ${found.source}`;
}
async function exchange(send, target, service, scopes, given, used) {
	const forms = requestForms(target, service, scopes, given);
	const answers = [];
	for (const { request, otherwise } of forms) {
		const { response } = await send(request);
		if (response.status === 200) return new TextDecoder().decode(response.bytes);
		answers.push({
			response,
			request
		});
		if (!otherwise.includes(response.status)) break;
	}
	const [first] = answers;
	const status = first?.response.status;
	const said = summarizeErrorBody(new TextDecoder().decode(first?.response.bytes));
	const refused = status === 401 || status === 403;
	throw new RegistryError(`${first?.request.method} ${redactUrl(service.realm)}: ${status}: no token for ${scopes.join(" ")}${said === "" ? "" : `: ${said}`}${refused ? ` (${used})` : ""}`, {
		status,
		...refused ? { fix: `run docker login ${target.registry}` } : {}
	});
}
function requestForms(target, { realm, service }, scopes, given) {
	const { username, password } = given;
	const identityToken = given.identityToken ?? (username === void 0 ? password : void 0);
	const common = {
		maxBytes: maxTokenBytes,
		sentBy: {
			url: target.base,
			reach: "own-host"
		}
	};
	const get = (secret) => {
		const url = new URL(realm);
		if (service !== void 0) url.searchParams.set("service", service);
		for (const scope of scopes) url.searchParams.append("scope", scope);
		if (username !== void 0) url.searchParams.set("account", username);
		const headers = {};
		if (username !== void 0 && secret !== void 0) headers["authorization"] = basicHeader(username, secret);
		return {
			request: {
				...common,
				method: "GET",
				url,
				headers
			},
			otherwise: [
				401,
				404,
				405
			]
		};
	};
	const post = (grant) => {
		const form = new URLSearchParams({
			...grant,
			client_id: "multiarch",
			scope: scopes.join(" ")
		});
		if (service !== void 0) form.set("service", service);
		const headers = { "content-type": "application/x-www-form-urlencoded" };
		const body = new TextEncoder().encode(form.toString());
		return {
			request: {
				...common,
				method: "POST",
				url: realm,
				headers,
				body,
				secretBody: true
			},
			otherwise: [
				400,
				401,
				404,
				405
			]
		};
	};
	if (identityToken !== void 0) {
		const exchanged = post({
			grant_type: "refresh_token",
			refresh_token: identityToken
		});
		return username === void 0 ? [exchanged] : [exchanged, get(identityToken)];
	}
	if (username === void 0 || password === void 0) return [get(void 0)];
	return [get(password), post({
		grant_type: "password",
		username,
		password
	})];
}
// src/registry/credential-helper.ts
const notFound = "credentials not found in native keychain";
async function askHelper(name, server, run) {
	if (!/^[A-Za-z0-9._-]+$/.test(name)) throw new WorkError(`${JSON.stringify(name)} is not the name of a credential helper`);
	const program = `docker-credential-${name}`;
	const { exitCode, stdout } = await run(program, server);
	if (exitCode !== 0) {
		if (stdout.trim() === notFound) return void 0;
		throw new WorkError(`${program} failed for ${server} with exit code ${exitCode}`, { fix: `run: echo ${server} | ${program} get` });
	}
	return parseHelperOutput(stdout, program);
}
function parseHelperOutput(stdout, program) {
	let value;
	try {
		value = JSON.parse(stdout);
	} catch {
		throw new WorkError(`${program} did not print JSON`);
	}
	const { Username: username, Secret: secret } = value ?? {};
	if (typeof username !== "string" || typeof secret !== "string") throw new WorkError(`${program} printed no Username and Secret`);
	if (secret === "") return void 0;
	return username === "<token>" ? { identityToken: secret } : {
		username,
		password: secret
	};
}
const spawnHelper = (program, server, limit = 3e4) => new Promise((resolve, reject) => {
	const child = spawn(program, ["get"], { stdio: [
		"pipe",
		"pipe",
		"ignore"
	] });
	const chunks = [];
	let size = 0;
	const stop = (why) => {
		child.kill("SIGKILL");
		child.stdout.destroy();
		reject(new WorkError(`${program} was stopped: ${why}`, { fix: `run: echo ${server} | ${program} get` }));
	};
	const timer = setTimeout(() => stop(`no answer within ${limit / 1e3} s`), limit);
	child.stdout.on("data", (chunk) => {
		size += chunk.length;
		if (size > 1048576) stop("it printed over 1 MiB");
		else chunks.push(chunk);
	});
	child.on("error", (cause) => {
		clearTimeout(timer);
		reject(new WorkError(`cannot run ${program}`, {
			cause,
			fix: `install ${program} or log in without it`
		}));
	});
	child.on("close", (exitCode, signal) => {
		clearTimeout(timer);
		if (exitCode === null) reject(new WorkError(`${program} was ended by ${signal}`));
		else resolve({
			exitCode,
			stdout: Buffer.concat(chunks).toString("utf8")
		});
	});
	child.stdin.on("error", () => {});
	child.stdin.end(server);
});
// src/registry/credentials.ts
const hubKey = "https://index.docker.io/v1/";
const hubHosts = [
	"docker.io",
	"index.docker.io",
	"registry-1.docker.io"
];
function findCredentials(config, registry) {
	const auths = config.auths ?? {};
	for (const key of lookupKeys(registry)) {
		const entry = Object.hasOwn(auths, key) ? auths[key] : void 0;
		const credentials = entry === void 0 ? void 0 : parseEntry(entry, key);
		if (credentials !== void 0) return credentials;
	}
	const host = hostOfKey(registry);
	const isSame = (key) => {
		const other = isNamespaced(key) ? void 0 : hostOfKey(key);
		return other === host || hubHosts.includes(host) && other !== void 0 && hubHosts.includes(other);
	};
	for (const [key, entry] of Object.entries(auths)) {
		const credentials = isSame(key) ? parseEntry(entry, key) : void 0;
		if (credentials !== void 0) return credentials;
	}
}
function findHelper(config, registry) {
	const helpers = config.credHelpers ?? {};
	const host = hostOfKey(registry);
	const own = (hubHosts.includes(host) ? [hubKey, ...hubHosts] : [host]).find((name) => Object.hasOwn(helpers, name) && helpers[name] !== "");
	return (own === void 0 ? void 0 : helpers[own]) ?? config.credsStore;
}
function serverKey(registry) {
	const host = hostOfKey(registry);
	return hubHosts.includes(host) ? hubKey : host;
}
function createCredentialSource(options) {
	const { env, warn = () => {}, run = spawnHelper } = options;
	const fromConfig = async ({ config, source }, registry, repository) => {
		const helper = findHelper(config, registry);
		if (helper !== void 0) {
			const credentials = await askHelper(helper, serverKey(registry), run);
			if (credentials !== void 0) return {
				credentials,
				source: `docker-credential-${helper}`
			};
		}
		const credentials = findCredentials(config, repository === void 0 ? registry : `${registry}/${repository}`);
		return credentials === void 0 ? void 0 : {
			credentials,
			source
		};
	};
	return {
		mayHave: async (registry) => {
			return (await loadDockerConfigs(env, warn)).some(({ config }) => findHelper(config, registry) !== void 0 || Object.keys(config.auths ?? {}).some((key) => serverKey(key) === serverKey(registry)));
		},
		find: async (registry, repository) => {
			const configs = await loadDockerConfigs(env, warn);
			for (const config of configs) {
				const found = await fromConfig(config, registry, repository);
				if (found !== void 0) return found;
			}
			return { source: configs.map(({ source }) => source).join(" or ") || "the environment" };
		}
	};
}
function hostOfKey(key) {
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(key)) {
		const authority = key.replace(/^[^:]+:\/\//, "").replace(/[/?#].*$/s, "");
		const bareIpv6 = /^([0-9a-f]*:[0-9a-f:]*:)(\d+)$/i.exec(authority);
		if (bareIpv6 !== null) return `[${(bareIpv6[1] ?? "").replace(/:$/, "")}]:${bareIpv6[2]}`;
		if (authority !== "") return authority;
	}
	return key.replace(/^https?:\/\//, "").replace(/\/.*$/s, "");
}
function isNamespaced(key) {
	return !key.includes("://") && /\/(?!v[12]\/?$)./.test(key);
}
function lookupKeys(registry) {
	const keys = [];
	for (let key = registry;; key = key.slice(0, key.lastIndexOf("/"))) {
		keys.push(key);
		if (key.includes("://") || !key.includes("/")) break;
	}
	return hubHosts.includes(hostOfKey(registry)) ? [
		...keys.slice(0, -1),
		hubKey,
		...keys.slice(-1)
	] : keys;
}
function parseEntry(entry, key) {
	const wrong = (why) => new WorkError(`the credentials for ${JSON.stringify(printable(key))} are malformed: ${why}`, { fix: `run docker login ${hostOfKey(key)} again` });
	if (typeof entry !== "object" || entry === null || Array.isArray(entry)) throw wrong("not an object");
	const fields = entry;
	const field = (name) => {
		const value = fields[name] ?? "";
		if (typeof value !== "string") throw wrong(`${name} is not a string`);
		return value;
	};
	const auth = field("auth");
	const [username, password] = auth === "" ? [field("username"), field("password")] : decodeAuth(auth, wrong);
	const [identityToken, registryToken] = [field("identitytoken"), field("registrytoken")];
	const credentials = {
		...username === "" ? {} : { username },
		...password === "" ? {} : { password },
		...identityToken === "" ? {} : { identityToken },
		...registryToken === "" ? {} : { registryToken }
	};
	return Object.keys(credentials).length === 0 ? void 0 : credentials;
}
function decodeAuth(auth, wrong) {
	if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(auth)) throw wrong("auth is not base64");
	const text = Buffer.from(auth, "base64").toString("utf8");
	const colon = text.indexOf(":");
	if (colon === -1) throw wrong("auth is not user:password in base64");
	return [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, "")];
}
// src/registry/retry.ts
const maxTries = 6;
const maxWait = 6e4;
const retriedStatuses = /* @__PURE__ */ new Set([
	408,
	425,
	429,
	499,
	500,
	502,
	503,
	504,
	522
]);
const finalStatuses = /* @__PURE__ */ new Set([
	400,
	401,
	403,
	404,
	405,
	409,
	413,
	415
]);
const temporaryCodes = /* @__PURE__ */ new Set([
	"BLOB_UPLOAD_INVALID",
	"TOOMANYREQUESTS",
	"UNKNOWN",
	"UNAVAILABLE"
]);
const transientErrors = /* @__PURE__ */ new Set([
	"ECONNRESET",
	"EPIPE",
	"ETIMEDOUT",
	"EAI_AGAIN",
	"ECONNABORTED",
	"ENETUNREACH",
	"EHOSTUNREACH",
	"ENETDOWN",
	"UND_ERR_SOCKET",
	"UND_ERR_CONNECT_TIMEOUT",
	"UND_ERR_HEADERS_TIMEOUT",
	"UND_ERR_BODY_TIMEOUT",
	"UND_ERR_RES_CONTENT_LENGTH_MISMATCH"
]);
const doubtfulErrors = /* @__PURE__ */ new Set(["ECONNREFUSED", "ENOTFOUND"]);
function isTemporary(answer) {
	if (answer.status !== void 0) {
		if (retriedStatuses.has(answer.status)) return true;
		if (finalStatuses.has(answer.status)) return false;
	}
	const codes = answer.codes ?? [];
	return codes.length > 0 && codes.every((code) => temporaryCodes.has(code));
}
function triesAfter(error) {
	if (error instanceof RegistryError || error instanceof ProxyError) {
		if (error instanceof RegistryError ? error.temporary : isTemporary({ status: error.status })) return 6;
	}
	const codes = errorCodes(error);
	if (codes.some((code) => transientErrors.has(code))) return 6;
	return codes.some((code) => doubtfulErrors.has(code)) ? 2 : 1;
}
function isOverload(status) {
	return status === 429 || status === 503;
}
function isLostSocket(error) {
	return errorCodes(error).some((code) => [
		"ECONNRESET",
		"EPIPE",
		"UND_ERR_SOCKET"
	].includes(code));
}
function errorCodes(error) {
	if (!(error instanceof Error)) return [];
	const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
	const gathered = error instanceof AggregateError ? error.errors.flatMap((inner) => errorCodes(inner)) : [];
	return [
		...own,
		...gathered,
		...error.cause === error ? [] : errorCodes(error.cause)
	];
}
function backoff(tries, random) {
	const ceiling = Math.min(3e4, 500 * 2 ** (tries - 1));
	return Math.round(ceiling * (.5 + random / 2));
}
function askedWait(header, wallClock) {
	const sent = Date.parse(header("date") ?? "");
	const now = Number.isNaN(sent) ? wallClock : sent;
	const value = header("retry-after")?.trim() ?? "";
	if (/^[1-9]\d{0,9}$/.test(value)) return Number(value) * 1e3;
	const unix = header("x-retry-after")?.trim() ?? "";
	const at = value === "" && /^\d{9,11}$/.test(unix) ? Number(unix) * 1e3 : httpDate(value);
	return at > now ? at - now : void 0;
}
function httpDate(text) {
	return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
}
// src/registry/redirect.ts
const maxHops = 10;
const redirects = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
async function sendFollowing(transport, first) {
	let request = first;
	let leftOrigin = false;
	for (let hop = 0;; hop++) {
		const response = await transport.request(request);
		const location = response.header("location");
		if (!redirects.has(response.status) || location === void 0) return {
			response,
			url: request.url,
			leftOrigin
		};
		const wrong = (why) => new RegistryError(`${request.method} ${redactUrl(request.url)}: redirect refused: ${why}`, { status: response.status });
		if (hop === maxHops) throw wrong(`more than ${maxHops} of them`);
		if (!(request.method === "GET" || request.method === "HEAD") && response.status < 307) throw wrong(`${response.status} would turn a write into a read`);
		const url = resolveLocation(location, request.url, first.url, wrong);
		leftOrigin ||= url.origin !== first.url.origin;
		if (leftOrigin && first.secretBody === true) throw wrong(`it would hand the credentials to ${url.host}`);
		request = {
			...request,
			url,
			headers: leftOrigin ? withoutSecrets(request.headers) : request.headers,
			sentBy: {
				url: first.url,
				reach: "own-network"
			}
		};
	}
}
function resolveLocation(location, base, origin, wrong) {
	let url;
	try {
		url = new URL(location, base);
	} catch {
		throw wrong("its location is not a URL");
	}
	const why = refusal(base, url, "own-network") ?? refusal(origin, url, "own-network");
	if (why !== void 0) throw wrong(why);
	return url;
}
function withoutSecrets(headers) {
	const kept = [
		"accept",
		"content-type",
		"user-agent"
	];
	return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name.toLowerCase())));
}
// src/registry/sender.ts
const operationLimit = 6e5;
function createSender(transport, clock, log) {
	const answered = /* @__PURE__ */ new Set();
	const pausedUntil = /* @__PURE__ */ new Map();
	const pauseOf = (host) => Math.max(0, (pausedUntil.get(host) ?? 0) - clock.now());
	return async (request) => {
		const { origin, host } = request.url;
		const limit = request.timeLimit ?? 6e5;
		const most = request.maxTries ?? 6;
		const deadline = clock.now() + limit;
		const timeout = AbortSignal.timeout(limit);
		const signal = request.signal === void 0 ? timeout : AbortSignal.any([timeout, request.signal]);
		let mayBeStale = most > 1 && answered.has(origin);
		let tries = 0;
		const wait = async (duration, why, isNews) => {
			const line = `${host}: ${why}; trying again in ${(duration / 1e3).toFixed(1)} s (try ${tries + 1} of ${most})`;
			if (isNews && duration >= 1e3) log.warning(line);
			else log.debug(line);
			await clock.sleep(duration);
		};
		for (;;) {
			for (let until = 0; pauseOf(host) > 0 && until !== pausedUntil.get(host);) {
				until = pausedUntil.get(host) ?? 0;
				await clock.sleep(pauseOf(host));
			}
			tries++;
			let followed;
			try {
				followed = await sendFollowing(transport, {
					...request,
					signal
				});
			} catch (error) {
				request.signal?.throwIfAborted();
				if (error instanceof WorkError && !(error instanceof RegistryError && error.temporary)) throw error;
				if (mayBeStale && isLostSocket(error)) {
					mayBeStale = false;
					tries--;
					log.debug(`${host}: an idle connection was closed; sending again`);
					continue;
				}
				const allowed = answered.has(origin) && isRefused(error) ? 6 : triesAfter(error);
				if (tries >= Math.min(allowed, most) || clock.now() >= deadline) throw error instanceof RegistryError ? withTries(error, tries) : transportError(error, request, tries);
				await wait(backoff(tries, clock.random()), describe(error), true);
				continue;
			}
			answered.add(origin);
			const { response } = followed;
			const codes = response.status < 400 ? [] : errorCodesOf(response.bytes);
			if (!(response.status >= 400 && isTemporary({
				status: response.status,
				codes
			}))) return {
				...followed,
				tries
			};
			const asked = askedWait(response.header, clock.wallClock());
			if (asked !== void 0 && asked > 6e4) throw new RegistryError(`${request.method} ${redactUrl(request.url)}: ${response.status}: ${host} asks to wait ${Math.ceil(asked / 1e3)} s`, {
				status: response.status,
				codes,
				fix: "run again after that time"
			});
			const duration = asked ?? backoff(tries, clock.random());
			const isPaused = pauseOf(host) > 0;
			if (asked !== void 0 || isOverload(response.status)) pausedUntil.set(host, Math.max(pausedUntil.get(host) ?? 0, clock.now() + duration));
			if (tries >= most || clock.now() + duration > deadline) return {
				...followed,
				tries
			};
			await wait(duration, `answered ${response.status}`, !isPaused);
		}
	};
}
function withTries(error, tries) {
	return tries === 1 ? error : new RegistryError(`${error.message}: after ${tries} tries`, error);
}
function errorCodesOf(bytes) {
	return parseErrorBody(new TextDecoder().decode(bytes)).map(({ code }) => code);
}
function isRefused(error) {
	return errorCodes(error).includes("ECONNREFUSED");
}
function transportError(cause, request, tries) {
	const { host } = request.url;
	const codes = errorCodes(cause);
	const has = (...names) => names.some((name) => codes.includes(name));
	const named = `${request.method} ${redactUrl(request.url)}`;
	const after = tries > 1 ? ` after ${tries} tries` : "";
	if (cause instanceof ProxyError) {
		const fix = cause.status === 407 ? "put its login into HTTPS_PROXY: http://user:password@host" : `check HTTPS_PROXY and HTTP_PROXY, or put ${request.url.hostname} into NO_PROXY`;
		return new RegistryError(`${named}: ${cause.message}${after}`, {
			cause: cause.cause,
			temporary: true,
			fix
		});
	}
	if (has("ECONNREFUSED")) return new RegistryError(`${named}: ${host} does not answer: connection refused${after}`, {
		cause,
		temporary: true,
		fix: `is it running? Check the address ${host}`
	});
	if (has("ENOTFOUND", "EAI_AGAIN")) return new RegistryError(`${named}: no address found for the host ${request.url.hostname}${after}`, {
		cause,
		temporary: true,
		fix: "check the name and the DNS of this machine"
	});
	if (codes.some((code) => /ALERT/.test(code))) return new RegistryError(`${named}: ${host} ended the TLS handshake: ${describe(cause)}`, {
		cause,
		fix: `if it wants a client certificate, give it one: registries: ${host},cert=FILE,key=FILE`
	});
	if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code))) return new RegistryError(`${named}: the certificate of ${host} is not trusted: ${describe(cause)}`, {
		cause,
		fix: `name its authority: registries: ${host},ca=FILE (or /etc/docker/certs.d/${host}/ca.crt, or SSL_CERT_FILE), and check this machine's clock`
	});
	if (codes.some((code) => /SSL|EPROTO/.test(code))) return new RegistryError(`${named}: ${host} does not speak TLS`, {
		cause,
		fix: `if it is meant to be plain HTTP, say so: registries: ${host},http`
	});
	return new RegistryError(`${named}: ${describe(cause)}${after}`, {
		cause,
		temporary: true
	});
}
function describe(error) {
	if (!(error instanceof Error)) return String(error);
	const text = error.message || errorCodes(error)[0] || error.name;
	return error.name === "TimeoutError" ? "no whole answer in the time allowed" : text;
}
// src/registry/tls-files.ts
const certificateFolders = ["/etc/docker/certs.d", "/etc/containers/certs.d"];
async function hasCertificates(host, folders = certificateFolders) {
	return (await Promise.all(folders.map((folder) => namesIn(join(folder, host))))).flat().some((name) => /\.(?:crt|cert)$/.test(name));
}
async function loadTls(host, env, registries = [], folders = certificateFolders, sentBy) {
	const authorities = [];
	let client;
	for (const folder of folders) {
		const names = await namesIn(join(folder, host));
		const at = (name) => join(folder, host, name);
		for (const name of names) {
			if (name.endsWith(".crt")) authorities.push(await read(at(name)));
			const key = name.replace(/\.cert$/, ".key");
			if (name.endsWith(".cert") && names.includes(key)) client = {
				cert: await read(at(name)),
				key: await read(at(key))
			};
		}
	}
	const find = (wanted) => registries.find((each) => apiHost(each.host) === wanted);
	const trust = find(host);
	const ca = (trust ?? find(sentBy))?.ca;
	if (ca !== void 0) authorities.push(await read(ca));
	if (trust?.cert !== void 0 && trust.key !== void 0) client = {
		cert: await read(trust.cert),
		key: await read(trust.key)
	};
	const bundles = await bundlesOf(env);
	const verify = trust?.insecure === true ? { rejectUnauthorized: false } : {};
	if (authorities.length + bundles.length === 0 && client === void 0) return verify;
	const { createSecureContext, rootCertificates } = await import("node:tls");
	const extra = (env["NODE_EXTRA_CA_CERTS"] ?? "") === "" ? [] : [await read(env["NODE_EXTRA_CA_CERTS"] ?? "")];
	try {
		const ca = [
			...rootCertificates,
			...extra,
			...bundles,
			...authorities
		];
		return {
			...verify,
			secureContext: createSecureContext({
				ca,
				...client
			})
		};
	} catch (cause) {
		throw new WorkError(`the certificates for ${host} cannot be used`, { cause });
	}
}
async function bundlesOf(env) {
	const bundle = env["SSL_CERT_FILE"] ?? "";
	const folders = (env["SSL_CERT_DIR"] ?? "").split(":").filter((folder) => folder !== "");
	const listed = await Promise.all(folders.map(async (folder) => (await namesIn(folder)).map((name) => join(folder, name))));
	const found = await Promise.all(listed.flat().map((path) => readFile(path, "utf8").catch(() => "")));
	const certificates = new Set(found.filter((text) => text.includes("-----BEGIN CERTIFICATE-----")));
	return bundle === "" ? [...certificates] : [await read(bundle), ...certificates];
}
async function namesIn(folder) {
	return (await readdir(folder).catch(() => [])).toSorted();
}
async function read(path) {
	try {
		return await readFile(path, "utf8");
	} catch (cause) {
		throw new WorkError(`cannot read the certificate ${path}`, { cause });
	}
}
// src/registry/proxy.ts
function proxyFor(url, env) {
	if (url.protocol !== "https:" && url.protocol !== "http:") return void 0;
	const variable = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
	const value = either(env, variable);
	if (value !== "" && variable === "HTTP_PROXY" && (env["REQUEST_METHOD"] ?? "") !== "") throw new WorkError("HTTP_PROXY is not used in a CGI environment, where a visitor can set it");
	const proxy = parseProxy(value, variable);
	return proxy !== void 0 && usesProxy(canonicalAddress(url), either(env, "NO_PROXY")) ? proxy : void 0;
}
function usesProxy(address, noProxy) {
	const { host, port } = splitAddress(address);
	if (host === "" || host === "localhost") return host === "";
	if (isIP(host) !== 0 && isLoopbackIp(host)) return false;
	return !noProxy.split(",").map((entry) => entry.trim().toLowerCase()).some((entry) => entry === "*" || matchesEntry(entry, host, port));
}
function matchesEntry(entry, host, port) {
	const [, network = "", prefix = ""] = /^([0-9a-f.:]+)\/(\d+)$/.exec(entry) ?? [];
	if (isIP(network) !== 0) return isIP(host) !== 0 && inNetwork(host, network, Number(prefix));
	const { host: name, port: onlyPort } = isIP(entry) === 0 ? splitAddress(entry) : {
		host: entry,
		port: ""
	};
	if (name === "" || onlyPort !== "" && onlyPort !== port) return false;
	if (isIP(name) !== 0) return isIP(host) !== 0 && inNetwork(host, name, isIP(name) === 4 ? 32 : 128);
	const domain = toAscii(name.startsWith("*.") ? name.slice(1) : name);
	return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}
function inNetwork(host, network, prefix) {
	const familyOf = (address) => isIP(address) === 4 ? "ipv4" : "ipv6";
	if (prefix > (isIP(network) === 4 ? 32 : 128)) return false;
	const list = new BlockList();
	list.addSubnet(network, prefix, familyOf(network));
	return list.check(host, familyOf(host));
}
function isLoopbackIp(host) {
	return isIP(host) === 4 ? host.startsWith("127.") : /^(?:0*:)*:?0*1$|^::ffff:127\./.test(host);
}
function splitAddress(address) {
	const [, bracketed, plain = "", port = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(address) ?? [];
	return {
		host: toAscii((bracketed ?? plain).toLowerCase()),
		port
	};
}
function toAscii(host) {
	if (!/[^\x00-\x7f]/.test(host)) return host;
	const dot = host.startsWith(".") ? "." : "";
	try {
		return dot + new URL(`http://${host.slice(dot.length)}`).hostname;
	} catch {
		return host;
	}
}
function canonicalAddress(url) {
	return `${url.hostname}:${url.port === "" ? url.protocol === "https:" ? "443" : "80" : url.port}`;
}
function parseProxy(value, variable) {
	if (value === "") return void 0;
	const text = value.includes("://") ? value : `http://${value}`;
	if (URL.canParse(text)) {
		const url = new URL(text);
		if (url.host !== "" && /^(?:https?|socks5h?):$/.test(url.protocol)) return url;
	}
	throw new WorkError(`${variable} is not a proxy's address`);
}
function either(env, name) {
	return env[name] || env[name.toLowerCase()] || "";
}
// src/registry/transport.ts
const maxConnections = 8;
const errorBodyBytes = 65536;
const connectTimeout = 15e3;
function createTransport(options) {
	const { env, registries, silence = 3e4 } = options;
	const routes = /* @__PURE__ */ new Map();
	let closed = false;
	const openRoute = async (request) => {
		const { url, sentBy } = request;
		quickenParser();
		const { default: Pool } = await import("./pool.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
		const common = {
			connections: maxConnections,
			bodyTimeout: silence,
			keepAliveTimeout: 3e4
		};
		const proxy = proxyFor(url, env);
		const tls = url.protocol === "https:" ? await loadTls(url.host, env, registries, void 0, sentBy?.url.host) : {};
		if (proxy === void 0) {
			const { default: connector } = await import("./connect.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const guard = sentBy === void 0 ? {} : { lookup: guardedLookup(sentBy.url, sentBy.reach) };
			const dial = connector({
				timeout: connectTimeout,
				...tls,
				...guard
			});
			let alert;
			return {
				pool: new Pool(url.origin, {
					...common,
					connect: (target, callback) => {
						dial(target, callback).once("error", (error) => {
							if (/_ALERT_(?:CERTIFICATE|BAD_CERT|UNKNOWN_CA)/.test(error.code ?? "")) alert = error;
						});
					}
				}),
				alert: () => alert
			};
		}
		const { proxyHeaders, tunnelConnector } = await import("./tunnel.js");
		if (url.protocol === "https:") return { pool: new Pool(url.origin, {
			...common,
			connect: tunnelConnector(proxy, tls, connectTimeout)
		}) };
		return {
			pool: new Pool(proxy.origin, {
				...common,
				connect: { timeout: connectTimeout }
			}),
			forwarder: {
				proxy,
				headers: {
					host: url.host,
					...proxyHeaders(proxy)
				}
			}
		};
	};
	const routeFor = (request) => {
		const { url, sentBy } = request;
		const guard = sentBy === void 0 || sentBy.url.host === url.host ? "" : `${sentBy.reach} ${sentBy.url.host}`;
		const key = `${url.origin} ${guard}`;
		let route = routes.get(key);
		if (route === void 0) {
			route = openRoute(guard === "" ? withoutSender(request) : request);
			routes.set(key, route);
			route.catch(() => {});
		}
		return route;
	};
	return {
		request: async (request) => {
			if (closed) throw new RegistryError(`${request.method} ${redactUrl(request.url)}: the client is closed`);
			const { alert, pool, forwarder } = await routeFor(request);
			const { default: send } = await import("./api-request.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const { body, url } = request;
			const response = await send.call(pool, {
				origin: url.origin,
				path: (forwarder === void 0 ? "" : url.origin) + url.pathname + url.search,
				method: request.method,
				headers: {
					"accept-encoding": "identity",
					...request.headers,
					...forwarder?.headers
				},
				headersTimeout: request.patience ?? silence,
				reset: false,
				...body === void 0 ? {} : { body: typeof body === "function" ? Readable.from(body()) : body },
				...request.signal === void 0 ? {} : { signal: request.signal }
			}).catch((cause) => {
				if (forwarder === void 0) throw alert?.() ?? cause;
				throw new ProxyError(forwarder.proxy, "does not answer", { cause });
			});
			response.body.on("error", () => {});
			const headers = (name) => [response.headers[name] ?? []].flat();
			const header = (name) => headers(name)[0];
			const status = response.statusCode;
			if (forwarder !== void 0 && status === 407) {
				response.body.destroy();
				throw new ProxyError(forwarder.proxy, "answered 407", { status });
			}
			let bytes = /* @__PURE__ */ new Uint8Array();
			if (status < 300 && request.receive !== void 0) try {
				await request.receive(limitedBody(response, request), header, {
					status,
					url
				});
			} catch (error) {
				response.body.destroy();
				throw error;
			}
			else bytes = await readBody(response, request);
			await setImmediate();
			return {
				status,
				header,
				headers,
				bytes
			};
		},
		close: async () => {
			closed = true;
			const opened = await Promise.allSettled(routes.values());
			routes.clear();
			await Promise.all(opened.map(async (route) => {
				if (route.status === "fulfilled") await route.value.pool.destroy();
			}));
		}
	};
}
function quickenParser() {
	if (Number(process.versions.node.split(".")[0]) <= 24) setFlagsFromString("--liftoff-only");
}
async function readBody(response, request) {
	const chunks = [];
	for await (const chunk of limitedBody(response, request)) chunks.push(chunk);
	return Buffer.concat(chunks);
}
async function* limitedBody(response, request) {
	const good = response.statusCode < 300;
	const limit = good ? request.maxBytes : errorBodyBytes;
	const encoding = [response.headers["content-encoding"] ?? []].flat().join(",");
	const named = `${request.method} ${redactUrl(request.url)}`;
	let size = 0;
	for await (const chunk of response.body) {
		if (good && encoding !== "" && encoding !== "identity") throw new RegistryError(`${named}: the body came encoded as ${encoding}, though identity was asked for`);
		size += chunk.length;
		if (size > limit) {
			if (good) throw new RegistryError(`${named}: the body is larger than ${limit} bytes`);
			yield chunk.subarray(0, chunk.length - (size - limit));
			return;
		}
		yield chunk;
	}
}
function withoutSender(request) {
	const { sentBy: _, ...rest } = request;
	return rest;
}
function guardedLookup(sender, reach) {
	return (name, options, callback) => {
		lookup(name, {
			...options,
			all: true
		}, (error, addresses) => {
			if (error !== null) return callback(error, "", 0);
			insideKinds(sender).then((senderKinds) => {
				const allowed = addresses.filter(({ address }) => {
					const kind = addressKind(address) ?? "unspecified";
					return senderKinds.includes(kind) || senderKinds.some((own) => mayReach(own, kind, reach));
				});
				const [first] = allowed;
				if (first === void 0) return callback(new RegistryError(`${name} is ${addresses[0]?.address}, an address inside, where ${sender.host} may not send us`), "", 0);
				return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
			});
		});
	};
}
async function insideKinds(sender) {
	const kinds = (await lookup$1(urlHostname(sender), { all: true }).catch(() => [])).flatMap(({ address }) => addressKind(address) ?? []);
	return kinds.length === 0 ? ["public"] : kinds;
}
// src/registry/warning.ts
const maxLength = 4096;
function parseWarnings(headers) {
	return headers.flatMap((header) => parseWarning(header) ?? []);
}
function parseWarning(header) {
	if (Buffer.byteLength(header) > maxLength) return void 0;
	const quoted = /^299 - "((?:[^"\\]|\\.)+)"$/s.exec(header)?.[1];
	if (quoted === void 0) return void 0;
	const text = percentDecode(quoted.replaceAll(/\\(.)/gs, "$1"));
	return /%22/.test(quoted) || /[^\P{Cc}\t]/u.test(text) ? void 0 : text;
}
function percentDecode(text) {
	return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8"));
}
// src/registry/operation.ts
const maxManifestBytes = 4194304;
function createPerform(options) {
	const { env, log, clock, registries, runHelper } = options;
	const transport = createTransport({
		env,
		registries
	});
	const send = createSender(transport, clock, log);
	const credentials = createCredentialSource({
		env,
		warn: log.warning,
		...runHelper === void 0 ? {} : { run: runHelper }
	});
	const authorizer = createAuthorizer({
		credentials,
		send,
		clock,
		log
	});
	const pushed = new Set(options.pushTo.map((reference) => formatReference(withTarget(reference))));
	const openings = /* @__PURE__ */ new Map();
	const bases = /* @__PURE__ */ new Map();
	const warned = /* @__PURE__ */ new Set();
	const baseOf = (registry) => {
		const find = async () => {
			const trust = registries.find(({ host }) => host === registry);
			return registryUrl(registry, trust, isLoopback(registry) && await hasCertificates(registry));
		};
		const base = bases.get(registry) ?? find();
		bases.set(registry, base);
		return base;
	};
	const perform = async (operation) => {
		const { reference, path, mountFrom } = operation;
		const { registry, repository } = reference;
		const base = await baseOf(registry);
		const url = typeof path === "string" ? new URL(`/v2/${repository}/${path}`, base) : path;
		const target = {
			registry,
			base,
			repository,
			actions: pushed.has(formatReference(withTarget(reference))) ? [
				"pull",
				"push",
				...operation.actions
			] : operation.actions,
			mountFrom
		};
		const { settle, ready } = opening(base.origin);
		try {
			if (ready !== void 0) await ready;
			else if (!await credentials.mayHave(registry).catch(() => false)) settle();
			const sent = await authorized(operation, url, target, settle);
			report(sent.response, base.host);
			const { status } = sent.response;
			if (status >= 200 && status < 300 || operation.accepts?.includes(status) === true) return sent;
			throw failure(operation, sent, target, authorizer.describe(target));
		} finally {
			settle();
		}
	};
	const opening = (origin) => {
		const ready = openings.get(origin);
		if (ready !== void 0) return {
			settle: () => {},
			ready
		};
		let settle = () => {};
		openings.set(origin, new Promise((resolve) => settle = resolve));
		return { settle };
	};
	const authorized = async (operation, url, target, settle) => {
		const { receive } = operation;
		let authorization = await authorizer.authorization(target);
		for (let refreshed = false;;) {
			const sent = await send({
				...operation,
				url,
				headers: {
					"user-agent": "multiarch",
					...operation.headers,
					...authorization === void 0 ? {} : { authorization }
				},
				maxBytes: operation.maxBytes ?? 4194304,
				...receive === void 0 ? {} : { receive: (...answer) => {
					settle();
					return receive(...answer);
				} }
			});
			if (sent.response.status !== 401) {
				settle();
				return sent;
			}
			if (sent.leftOrigin || refreshed) return sent;
			const next = await authorizer.answer(target, sent.response.headers("www-authenticate"), authorization);
			settle();
			if (next === void 0 || next === authorization) return sent;
			refreshed = authorization !== void 0;
			authorization = next;
			if (typeof operation.body === "function") throw new RegistryError(`${operation.method} ${redactUrl(url)}: 401: the token ended too early`, {
				status: 401,
				temporary: true
			});
		}
	};
	const report = (response, host) => {
		for (const text of parseWarnings(response.headers("warning"))) {
			if (warned.has(`${host} ${text}`)) continue;
			warned.add(`${host} ${text}`);
			log.warning(`${host} says: ${printable(text)}`);
		}
	};
	return {
		perform,
		close: transport.close
	};
}
function failure(operation, sent, target, used) {
	const { response, url, tries } = sent;
	const body = new TextDecoder().decode(response.bytes);
	const codes = parseErrorBody(body).map(({ code }) => code).filter((code) => code !== "");
	const refused = response.status === 401 || response.status === 403;
	const size = typeof operation.body === "function" ? void 0 : operation.body?.length;
	const parts = [
		`${operation.method} ${redactUrl(url)}: ${response.status}`,
		summarizeErrorBody(body),
		response.status === 413 ? `it is ${size ?? operation.headers?.["content-length"]} bytes` : "",
		tries > 1 ? `after ${tries} tries` : "",
		refused ? `${used}; wanted ${target.actions.join(" and ")} on ${target.repository}` : ""
	];
	const isUnknown = codes.includes("NAME_UNKNOWN") && operation.body !== void 0;
	const fix = refused ? `run docker login ${target.registry}, as a user who may do this` : isUnknown ? `create the repository ${target.repository} first; this registry does not do so by itself` : void 0;
	return new RegistryError(parts.filter((part) => part !== "").join(": "), {
		status: response.status,
		codes,
		temporary: isTemporary({
			status: response.status,
			codes
		}) || codes.some((code) => code.startsWith("BLOB_UPLOAD_")),
		fix
	});
}
// src/registry/blobs.ts
const maxTransfers = 4;
const uploadPatience = 12e4;
const slowestTransfer = 256;
const longestTransfer = 864e5;
function createBlobs(perform, share, log) {
	const transfer = createSlots(maxTransfers);
	const hasBlob = async (reference, digest) => {
		return (await perform({
			...pull(reference, digest),
			method: "HEAD",
			accepts: [
				403,
				404,
				405
			]
		})).response.status < 300;
	};
	const read = async (reference, blob, receive, tries = {}) => {
		const what = nameOf(reference, blob.digest);
		await perform({
			...pull(reference, blob.digest),
			...tries,
			maxBytes: blob.size,
			timeLimit: timeFor(blob),
			receive: (body) => receive(checkedBody(wholeBody(body, what), blob, what))
		});
	};
	const upload = async (to, blob, send, mountFrom) => {
		const common = {
			reference: withTarget(to),
			actions: ["pull", "push"]
		};
		const query = mountFrom === void 0 ? "" : `?mount=${blob.digest}&from=${encodeURIComponent(mountFrom)}`;
		let arrival = "mounted";
		await perform({
			...common,
			method: "POST",
			path: `blobs/uploads/${query}`,
			mountFrom,
			receive: async (body, header, { status, url }) => {
				await drain(body);
				if (status === 201) return;
				const path = uploadUrl(header("location"), url, blob.digest);
				const size = {
					"content-type": "application/octet-stream",
					"content-length": String(blob.size)
				};
				arrival = await send(async (bytes) => {
					await perform({
						...common,
						method: "PUT",
						path,
						headers: size,
						body: () => bytes,
						maxTries: 1,
						patience: uploadPatience,
						timeLimit: timeFor(blob)
					});
				});
			}
		});
		return arrival;
	};
	const stream = (from, to, blob, mountFrom) => upload(to, blob, async (put) => {
		if (mountFrom !== void 0 && await hasBlob(to, blob.digest)) return "there already";
		await read(from, blob, put, { maxTries: 1 });
		return "uploaded";
	}, mountFrom);
	const copy = async (from, to, blob) => {
		if (from.registry === to.registry) try {
			return await stream(from, to, blob, from.repository);
		} catch (error) {
			if (!(error instanceof RegistryError && (error.status === 401 || error.status === 403))) throw error;
			log.debug(`${nameOf(to, blob.digest)} is not mounted: ${error.message}`);
		}
		return await hasBlob(to, blob.digest) ? "there already" : stream(from, to, blob);
	};
	return {
		getBlob: (reference, digest, { maxBytes = maxManifestBytes } = {}) => {
			const what = nameOf(reference, digest);
			return share(`BLOB ${maxBytes} ${what}`, () => orAgain(log, async () => {
				const { bytes } = (await perform({
					...pull(reference, digest),
					maxBytes
				})).response;
				requireDigest(bytes, digest, what);
				return bytes;
			}));
		},
		readBlob: (reference, blob, receive) => orAgain(log, () => read(reference, blob, receive)),
		hasBlob: (reference, digest) => share(`HEAD BLOB ${nameOf(reference, digest)}`, () => hasBlob(reference, digest)),
		putBlob: async (reference, blob, open) => {
			const what = nameOf(reference, blob.digest);
			if (await hasBlob(reference, blob.digest)) return "there already";
			return transfer(() => upload(reference, blob, async (put) => {
				await put(checkedBody(open(), blob, what));
				return "uploaded";
			}));
		},
		copyBlob: (from, to, blob) => share(`COPY ${nameOf(to, blob.digest)}`, () => transfer(() => orAgain(log, () => copy(from, to, blob))))
	};
}
function uploadUrl(location, base, digest) {
	const url = ownUrl(location, base);
	if (url === void 0) {
		const named = location === void 0 ? "nowhere" : redactUrl(location);
		throw new RegistryError(`POST ${redactUrl(base)}: the upload is to go on ${named}, which is not the registry's; nothing was sent there`);
	}
	url.search += `${url.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
	return url;
}
function pull(reference, digest) {
	return {
		method: "GET",
		reference: withTarget(reference),
		path: `blobs/${digest}`,
		actions: ["pull"]
	};
}
function nameOf(reference, digest) {
	return formatReference(withTarget(reference, { digest }));
}
function timeFor({ size }) {
	return Math.min(operationLimit + Math.ceil(size / slowestTransfer), longestTransfer);
}
async function* wholeBody(body, what) {
	try {
		yield* body;
	} catch (cause) {
		if (cause instanceof RegistryError) throw cause;
		throw new RegistryError(`GET ${what}: the transfer broke off: ${cause instanceof Error ? cause.message : String(cause)}`, {
			cause,
			temporary: true
		});
	}
}
async function drain(body) {
	for await (const chunk of body);
}
function createSlots(count) {
	const waiting = [];
	let free = count;
	return async (work) => {
		if (free === 0) await new Promise((resolve) => void waiting.push(resolve));
		else free--;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next === void 0) free++;
			else next();
		}
	};
}
// src/registry/pages.ts
const maxPages = 1e3;
async function* readPages(perform, first) {
	const seen = /* @__PURE__ */ new Set();
	let operation = first;
	for (;;) {
		const { response, url } = await perform(operation);
		yield response.bytes;
		const next = nextPage(response.header("link"), url);
		if (next === void 0) return;
		seen.add(url.href);
		if (seen.has(next.href) || seen.size === maxPages) throw new RegistryError(`GET ${redactUrl(url)}: the list goes round in circles, or has over ${maxPages} pages`);
		operation = {
			...first,
			path: next
		};
	}
}
function nextPage(header, url) {
	if (header === void 0 || header.trim() === "") return void 0;
	const links = [...header.matchAll(/<([^<>]*)>([^<]*)/g)];
	const [, target] = links.find(([, , params = ""]) => /;\s*rel\s*=\s*"?next\b/i.test(params)) ?? [];
	if (target === void 0 && links.length > 0) return void 0;
	const next = ownUrl(target, url);
	if (next !== void 0) return next;
	throw new RegistryError(`GET ${redactUrl(url)}: the registry names a next page that is not its own; it was not asked for`);
}
// src/registry/referrers.ts
function referrersTag(subject) {
	return subject.replace(":", "-");
}
function parseReferrers(bytes, what) {
	const manifest = parseManifest(bytes, what, ociIndex);
	return manifest.kind === "index" ? manifest.manifests : [];
}
function formatReferrers(referrers) {
	const manifests = referrers.map(({ annotations, artifactType, digest, mediaType, size }) => ({
		mediaType,
		digest,
		size,
		...annotations === void 0 ? {} : { annotations: new Map(Object.entries(annotations)) },
		...artifactType === void 0 ? {} : { artifactType }
	}));
	return new TextEncoder().encode(marshalIndent({
		schemaVersion: 2,
		mediaType: ociIndex,
		manifests
	}));
}
// src/registry/sharing.ts
function createSharing() {
	const running = /* @__PURE__ */ new Map();
	return (key, start) => {
		const current = running.get(key);
		if (current !== void 0) return current;
		const started = start().finally(() => running.delete(key));
		running.set(key, started);
		return started;
	};
}
// src/registry/client.ts
const putPatience = 12e4;
const staleLimit = 1e4;
const systemClock = {
	now: () => performance.now(),
	wallClock: () => Date.now(),
	sleep: (duration) => new Promise((resolve) => void setTimeout(resolve, duration)),
	random: () => Math.random()
};
function createRegistryClient(options) {
	const { env, registries = [], pushTo = [], runHelper } = options;
	const log = options.log ?? {
		debug: () => {},
		warning: () => {}
	};
	const clock = {
		...systemClock,
		...options.clock
	};
	const { perform, close } = createPerform({
		env,
		log,
		clock,
		registries,
		pushTo,
		runHelper
	});
	const share = createSharing();
	const fetchManifest = async (reference) => {
		const what = formatReference(reference);
		let reads = 0;
		const { bytes, header } = await orAgain(log, async () => {
			const { response } = await perform(manifestOperation("GET", reference));
			const said = response.header("docker-content-digest") ?? "";
			if (reference.digest !== void 0) requireDigest(response.bytes, reference.digest, what);
			else if (isDigest(said) && !matchesDigest(response.bytes, said)) {
				if (reads++ === 0) requireDigest(response.bytes, said, what);
				log.warning(`${what}: the registry says ${said}, but its bytes are ${digestOf(response.bytes)}`);
			}
			return response;
		});
		const digest = reference.digest ?? digestOf(bytes);
		const manifest = parseManifest(bytes, what, header("content-type"));
		return {
			bytes,
			descriptor: {
				mediaType: manifest.mediaType,
				digest,
				size: bytes.length
			},
			manifest
		};
	};
	const getManifest = (reference) => share(`GET ${formatReference(reference)}`, () => fetchManifest(reference));
	const getIfThere = async (reference) => {
		try {
			return await getManifest(reference);
		} catch (error) {
			if (error instanceof RegistryError && error.status === 404) return void 0;
			throw error;
		}
	};
	const head = async (reference) => {
		const { response } = await perform({
			...manifestOperation("HEAD", reference),
			accepts: [
				403,
				404,
				405
			]
		});
		if (response.status === 404) return void 0;
		return (response.status < 300 ? describeHead(response, reference) : void 0) ?? (await getIfThere(reference))?.descriptor;
	};
	const put = async (reference, bytes, mediaType) => {
		const what = formatReference(reference);
		const digest = reference.digest ?? digestOf(bytes);
		if (!matchesDigest(bytes, digest)) throw new RegistryError(`${what}: the bytes to push are ${digestOf(bytes)}`);
		if (bytes.length > 4194304) throw new RegistryError(`${what}: ${bytes.length} bytes are more than registries take (${maxManifestBytes})`);
		const { response } = await perform({
			...manifestOperation("PUT", reference),
			actions: ["pull", "push"],
			headers: { "content-type": mediaType },
			body: bytes,
			patience: putPatience
		});
		const said = response.header("docker-content-digest") ?? "";
		if (isDigest(said) && !matchesDigest(bytes, said)) throw new RegistryError(`${what}: the registry stored ${said} instead of ${digest}: it changed the bytes`);
		return response;
	};
	const referrersByTag = async (reference, subject) => {
		const found = await getIfThere(withTarget(reference, { tag: referrersTag(subject) }));
		return found?.manifest.kind === "index" ? found.manifest.manifests : [];
	};
	return {
		...createBlobs(perform, share, log),
		getManifest,
		headManifest: (reference) => share(`HEAD ${formatReference(reference)}`, () => head(reference)),
		putManifest: async (reference, bytes, mediaType) => {
			await put(reference, bytes, mediaType);
			return reference.digest ?? digestOf(bytes);
		},
		putReferrer: async (reference, bytes, mediaType) => {
			const digest = digestOf(bytes);
			const own = withTarget(reference, { digest });
			const manifest = parseManifest(bytes, formatReference(own), mediaType);
			const { annotations, subject } = manifest;
			if (subject === void 0) throw new RegistryError(`${formatReference(own)} has no subject`);
			if ((await put(own, bytes, mediaType)).header("oci-subject") !== void 0) return digest;
			const listed = await referrersByTag(reference, subject.digest);
			if (listed.some((entry) => entry.digest === digest)) return digest;
			const artifactType = manifest.artifactType ?? (manifest.kind === "manifest" ? manifest.config.mediaType : void 0);
			const entry = {
				mediaType: manifest.mediaType,
				digest,
				size: bytes.length,
				...annotations === void 0 ? {} : { annotations },
				...artifactType === void 0 ? {} : { artifactType }
			};
			const tag = withTarget(reference, { tag: referrersTag(subject.digest) });
			await put(tag, formatReferrers([...listed, entry]), ociIndex);
			return digest;
		},
		listReferrers: async (reference) => {
			const { digest } = reference;
			if (digest === void 0) throw new RegistryError(`${formatReference(reference)} names no digest`);
			const listed = [];
			const first = {
				method: "GET",
				reference,
				path: `referrers/${digest}`,
				actions: ["pull"],
				headers: { accept: ociIndex }
			};
			try {
				for await (const bytes of readPages(perform, first)) listed.push(...parseReferrers(bytes, `the referrers of ${formatReference(reference)}`));
			} catch (error) {
				if (!(error instanceof RegistryError && error.status === 404)) throw error;
				return referrersByTag(reference, digest);
			}
			return listed;
		},
		listTags: async (reference) => {
			const what = `the tags of ${formatReference(withTarget(reference))}`;
			const first = {
				method: "GET",
				reference,
				path: "tags/list?n=1000",
				actions: ["pull"]
			};
			const tags = /* @__PURE__ */ new Set();
			try {
				for await (const bytes of readPages(perform, first)) {
					const { tags: listed } = parseJsonObject(bytes, what);
					for (const tag of Array.isArray(listed) ? listed : []) if (typeof tag === "string") tags.add(tag);
				}
			} catch (error) {
				if (!(error instanceof RegistryError && error.status === 404)) throw error;
			}
			return [...tags];
		},
		awaitTag: async (tag, digest) => {
			const end = clock.now() + staleLimit;
			for (let tries = 1;; tries++) {
				const found = (await getIfThere(tag))?.descriptor.digest;
				if (found === digest) return;
				const wait = Math.min(backoff(tries, clock.random()), end - clock.now());
				if (wait <= 0) throw new RegistryError(`${formatReference(tag)} was set to ${digest}, but the registry answers ${found ?? "that it is not there"}`, { fix: "another job published this tag at the same time: let only one of them do it" });
				log.debug(`${formatReference(tag)} still shows ${found ?? "nothing"}; reading it again`);
				await clock.sleep(wait);
			}
		},
		deleteManifest: async (reference) => {
			const refusals = reference.digest === void 0 ? [
				400,
				405,
				501
			] : [405, 501];
			const { response } = await perform({
				...manifestOperation("DELETE", reference),
				actions: ["delete", "pull"],
				accepts: [404, ...refusals]
			});
			return !refusals.includes(response.status);
		},
		close
	};
}
function manifestOperation(method, reference) {
	const target = reference.digest ?? reference.tag;
	if (target === void 0) throw new RegistryError(`${formatReference(reference)} names no tag and no digest`);
	return {
		method,
		reference,
		path: `manifests/${target}`,
		actions: ["pull"],
		headers: { accept: manifestMediaTypes.join(", ") }
	};
}
function describeHead({ header }, reference) {
	const mediaType = parseContentType(header("content-type") ?? "");
	const digest = header("docker-content-digest") ?? reference.digest ?? "";
	const size = header("content-length") ?? "";
	const agrees = reference.digest === void 0 || reference.digest === digest;
	if (!manifestMediaTypes.includes(mediaType) || !isDigest(digest) || !agrees || !/^[1-9]\d{0,14}$/.test(size)) return;
	return {
		mediaType,
		digest,
		size: Number(size)
	};
}
// src/registry/tunnel.ts
function proxyHeaders(proxy) {
	if (!/^https?:$/.test(proxy.protocol)) throw new WorkError(`the proxy ${proxy.protocol}//${proxy.host} does not speak HTTP`, { fix: "name an http:// or https:// proxy in HTTPS_PROXY and HTTP_PROXY" });
	const { username, password } = proxy;
	if (username === "") return {};
	return { "proxy-authorization": `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}` };
}
function tunnelConnector(proxy, tls, timeout) {
	const login = proxyHeaders(proxy);
	return ({ hostname, port, servername }, callback) => {
		const target = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port === "" ? 443 : port}`;
		const opening = (proxy.protocol === "https:" ? request$1 : request)({
			host: urlHostname(proxy),
			port: proxy.port,
			method: "CONNECT",
			path: target,
			headers: {
				host: target,
				...login
			},
			agent: false
		});
		let socket;
		const timer = setTimeout(() => {
			const cause = Object.assign(/* @__PURE__ */ new Error(`no tunnel within ${timeout / 1e3} s`), { code: "ETIMEDOUT" });
			fail(new ProxyError(proxy, "does not answer", { cause }));
		}, timeout);
		let fail = (error) => {
			fail = () => {};
			clearTimeout(timer);
			opening.destroy();
			socket?.destroy();
			callback(error, null);
		};
		opening.on("error", (cause) => fail(new ProxyError(proxy, "does not answer", { cause })));
		opening.on("connect", ({ statusCode: status = 0 }, tunnel) => {
			tunnel.on("error", (error) => fail(error));
			socket = tunnel;
			if (status !== 200) return fail(new ProxyError(proxy, `answered ${status}`, { status }));
			const inside = connect$1({
				...tls,
				socket: tunnel,
				...servername ? { servername } : { host: hostname }
			});
			socket = inside;
			const onError = (error) => fail(error);
			inside.on("error", onError);
			inside.once("secureConnect", () => {
				clearTimeout(timer);
				fail = () => {};
				inside.off("error", onError);
				callback(null, inside);
			});
		});
		opening.end();
	};
}
// src/steps/registry-client.ts
async function withRegistryClient(options, { env, log, signal }, work) {
	const sleep = (duration) => setTimeout$1(duration, void 0, { signal });
	const client = createRegistryClient({
		env,
		log,
		...options,
		clock: { sleep }
	});
	const drop = () => void client.close();
	signal.addEventListener("abort", drop);
	try {
		return await work(client);
	} finally {
		signal.removeEventListener("abort", drop);
		await client.close();
	}
}
export { summarizeErrorBody as C, printable as S, checkedBody as _, createTransport as a, RegistryError as b, askedWait as c, isLostSocket as d, isOverload as f, triesAfter as g, maxWait as h, createRegistryClient as i, backoff as l, maxTries as m, proxyHeaders as n, createSender as o, isTemporary as p, tunnelConnector as r, operationLimit as s, withRegistryClient as t, errorCodes as u, requireDigest as v, parseManifest as w, parseErrorBody as x, ProxyError as y };
