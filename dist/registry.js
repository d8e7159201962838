import { r as __toESM } from "./rolldown-runtime.js";
import { S as matchesDigest, a as isIndexType, b as digestOf, c as ociIndex, f as parseDescriptor, g as formatReference, h as stringMap, i as dockerManifest, l as ociManifest, m as parseJsonObject, o as isSchema1Type, p as isJsonObject, s as manifestMediaTypes, u as parseContentType, x as isDigest, y as withTarget } from "./oci.js";
import { _t as WorkError } from "./shared.js";
import { join } from "node:path";
import { BlockList, isIP } from "node:net";
import { lookup } from "node:dns";
import { readFile, readdir } from "node:fs/promises";
import { lookup as lookup$1 } from "node:dns/promises";
import { spawn } from "node:child_process";
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
// src/registry/retry.ts
const maxTries = 6;
const maxWait = 6e4;
const maxTotalWait = 3e5;
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
	const codes = errorCodes(error);
	if (codes.some((code) => transientErrors.has(code))) return 6;
	return codes.some((code) => doubtfulErrors.has(code)) ? 2 : 1;
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
	if (/^\d{1,10}$/.test(value)) return Number(value) * 1e3;
	const unix = header("x-retry-after")?.trim() ?? "";
	const at = value === "" && /^\d{9,11}$/.test(unix) ? Number(unix) * 1e3 : httpDate(value);
	return at > now ? at - now : void 0;
}
function httpDate(text) {
	return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
}
// src/registry/url.ts
function redactUrl(url) {
	let parsed;
	try {
		parsed = new URL(url);
	} catch {
		return "(malformed URL)";
	}
	const query = [...parsed.searchParams.keys()].map((key) => `${encodeURIComponent(key)}=***`).join("&");
	return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query === "" ? "" : `?${query}`}`;
}
function registryUrl(registry, plainHttp) {
	const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
	const scheme = isLoopback(host) || plainHttp.includes(registry) ? "http" : "https";
	return new URL(`${scheme}://${host}`);
}
function isLoopback(host) {
	const name = hostname(host);
	if (name === void 0) return false;
	return name === "localhost" || name.endsWith(".localhost") || (isIP(name) === 4 ? name.startsWith("127.") : name === "::1");
}
function hostname(host) {
	if (isIP(host) !== 0) return host;
	const [, bracketed, name] = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::\d+)?$/.exec(host) ?? [];
	if (bracketed !== void 0) return isIP(bracketed) === 6 ? bracketed : void 0;
	return name?.toLowerCase();
}
function addressKind(address) {
	const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
	if (isIP(bare) === 4) return kindOfIpv4(bare);
	if (isIP(bare) !== 6) return void 0;
	const words = expandIpv6(bare);
	const [first = 0] = words;
	if (words.slice(0, 5).every((word) => word === 0) && (words[5] === 65535 || words[5] === 0)) {
		const [high = 0, low = 0] = words.slice(6);
		if (words[5] === 0 && high === 0 && low <= 1) return low === 1 ? "loopback" : "unspecified";
		return kindOfIpv4([
			high >> 8,
			high & 255,
			low >> 8,
			low & 255
		].join("."));
	}
	if ((first & 65024) === 64512) return "private";
	return (first & 65472) === 65152 ? "link-local" : "public";
}
function kindOfIpv4(address) {
	const [a = 0, b = 0] = address.split(".").map(Number);
	if (a === 0) return "unspecified";
	if (a === 127) return "loopback";
	if (a === 169 && b === 254) return "link-local";
	return a === 10 || a === 172 && b >= 16 && b <= 31 || a === 192 && b === 168 || a === 100 && b >= 64 && b <= 127 ? "private" : "public";
}
function expandIpv6(address) {
	const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
	const [, a = 0, b = 0, c = 0, d = 0] = dotted?.map(Number) ?? [];
	const [head = "", tail] = (dotted === null ? address : address.slice(0, dotted.index) + `${(a << 8 | b).toString(16)}:${(c << 8 | d).toString(16)}`).split("::");
	const words = (part) => part === "" ? [] : part.split(":").map((w) => Number.parseInt(w, 16));
	const [front, back] = [words(head), words(tail ?? "")];
	const gap = tail === void 0 ? 0 : 8 - front.length - back.length;
	return [
		...front,
		...Array.from({ length: gap }, () => 0),
		...back
	];
}
function urlHostname(url) {
	return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}
function refusal(from, to, reach) {
	if (to.protocol !== "https:" && to.protocol !== "http:") return `its scheme is ${to.protocol}`;
	if (to.username !== "" || to.password !== "") return "it carries a user name";
	if (from.protocol === "https:" && to.protocol === "http:") return "it leads from HTTPS to plain HTTP";
	const [sender, target] = [urlHostname(from), urlHostname(to)];
	const kind = hostKind(target);
	if (sender === target || kind === void 0 || mayReach(hostKind(sender), kind, reach)) return void 0;
	return `${target} is a ${kind} address`;
}
function mayReach(sender, target, reach) {
	if (target === "public") return true;
	if (target === "loopback") return sender === "loopback";
	return target === "private" && reach === "own-network" && (sender === "loopback" || sender === "private");
}
function hostKind(host) {
	return host === "localhost" || host.endsWith(".localhost") ? "loopback" : addressKind(host);
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
	return async (request) => {
		const { origin, host } = request.url;
		const limit = request.timeLimit ?? operationLimit;
		const deadline = clock.now() + limit;
		const timeout = AbortSignal.timeout(limit);
		const signal = request.signal === void 0 ? timeout : AbortSignal.any([timeout, request.signal]);
		let mayBeStale = answered.has(origin);
		let tries = 0;
		let waited = 0;
		const wait = async (duration, why) => {
			waited += duration;
			const line = `${host}: ${why}; trying again in ${(duration / 1e3).toFixed(1)} s (try ${tries + 1} of 6)`;
			if (duration >= 1e3) log.warning(line);
			else log.debug(line);
			await clock.sleep(duration);
		};
		for (;;) {
			const pause = (pausedUntil.get(host) ?? 0) - clock.now();
			if (pause > 0) await clock.sleep(pause);
			tries++;
			let followed;
			try {
				followed = await sendFollowing(transport, {
					...request,
					signal
				});
			} catch (error) {
				request.signal?.throwIfAborted();
				if (error instanceof WorkError) throw error;
				if (mayBeStale && isLostSocket(error)) {
					mayBeStale = false;
					tries--;
					log.debug(`${host}: an idle connection was closed; sending again`);
					continue;
				}
				const allowed = answered.has(origin) && isRefused(error) ? 6 : triesAfter(error);
				if (tries >= allowed || clock.now() >= deadline) throw transportError(error, request, tries);
				await wait(backoff(tries, clock.random()), describe(error));
				continue;
			}
			answered.add(origin);
			const { response } = followed;
			const codes = response.status < 400 ? [] : errorCodesOf(response.bytes);
			if (!(response.status >= 400 && isTemporary({
				status: response.status,
				codes
			})) || tries >= 6) return {
				...followed,
				tries
			};
			const asked = askedWait(response.header, clock.wallClock());
			if (asked !== void 0 && asked > 6e4) throw new RegistryError(`${request.method} ${redactUrl(request.url)}: ${response.status}: ${host} asks to wait ${Math.ceil(asked / 1e3)} s`, {
				status: response.status,
				codes,
				temporary: true,
				fix: "run again after that time"
			});
			const duration = asked ?? backoff(tries, clock.random());
			if (waited + duration > 3e5 || clock.now() + duration > deadline) return {
				...followed,
				tries
			};
			if (asked !== void 0) pausedUntil.set(host, clock.now() + asked);
			await wait(duration, `answered ${response.status}`);
		}
	};
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
	if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code))) return new RegistryError(`${named}: the certificate of ${host} is not trusted: ${describe(cause)}`, {
		cause,
		fix: `put its authority in NODE_EXTRA_CA_CERTS or /etc/docker/certs.d/${host}/ca.crt (and check this machine's clock)`
	});
	if (codes.some((code) => /SSL|EPROTO/.test(code))) return new RegistryError(`${named}: ${host} does not speak TLS`, {
		cause,
		fix: "if it is meant to be plain HTTP, say so for this registry"
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
// src/registry/tls-files.ts
const folders = ["/etc/docker/certs.d", "/etc/containers/certs.d"];
async function loadTlsFiles(host, env, registries = []) {
	const authorities = [];
	let client = {};
	const trust = registries.find((registry) => registry.host === host);
	if (trust !== void 0) {
		const { ca, cert, insecure, key } = trust;
		if (ca !== void 0) authorities.push(await read(ca));
		client = {
			...insecure ? { insecure } : {},
			...cert === void 0 || key === void 0 ? {} : {
				cert: await read(cert),
				key: await read(key)
			}
		};
	}
	for (const root of folders) {
		const folder = join(root, host);
		const names = await readdir(folder).catch(() => []);
		for (const name of names.toSorted()) {
			if (name.endsWith(".crt")) authorities.push(await read(join(folder, name)));
			const key = name.replace(/\.cert$/, ".key");
			if (name.endsWith(".cert") && names.includes(key)) client = {
				...client,
				cert: await read(join(folder, name)),
				key: await read(join(folder, key))
			};
		}
	}
	const bundle = env["SSL_CERT_FILE"] ?? "";
	if (bundle !== "") authorities.push(await read(bundle));
	if (authorities.length === 0) return client;
	const { rootCertificates } = await import("node:tls");
	return {
		ca: [...rootCertificates, ...authorities],
		...client
	};
}
async function read(path) {
	try {
		return await readFile(path, "utf8");
	} catch (cause) {
		throw new WorkError(`cannot read the certificate ${path}`, { cause });
	}
}
// src/registry/transport.ts
const maxConnections = 8;
const errorBodyBytes = 65536;
function createTransport(options) {
	const { env, registries } = options;
	const pools = /* @__PURE__ */ new Map();
	let closed = false;
	const openPool = async (request) => {
		const { url, sentBy } = request;
		const proxy = proxyFor(url, env);
		const tls = url.protocol === "https:" ? await loadTlsFiles(url.host, env, registries) : {};
		const connect = {
			timeout: 15e3,
			...tls.ca === void 0 ? {} : { ca: [...tls.ca] },
			...tls.cert === void 0 ? {} : { cert: tls.cert },
			...tls.key === void 0 ? {} : { key: tls.key },
			...tls.insecure === true ? { rejectUnauthorized: false } : {}
		};
		const common = {
			connections: maxConnections,
			bodyTimeout: 3e4,
			keepAliveTimeout: 3e4
		};
		if (proxy === void 0) {
			const { default: Pool } = await import("./pool.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const guard = sentBy === void 0 ? {} : { lookup: guardedLookup(sentBy.url, sentBy.reach) };
			return new Pool(url.origin, {
				...common,
				connect: {
					...connect,
					...guard
				}
			});
		}
		const { ProxyAgent } = await import("./undici.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
		const { username, password } = proxy;
		const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
		return new ProxyAgent({
			...common,
			uri: `${proxy.protocol}//${proxy.host}`,
			requestTls: connect,
			proxyTunnel: url.protocol === "https:",
			...username === "" ? {} : { token: `Basic ${login.toString("base64")}` }
		});
	};
	const poolFor = (request) => {
		const { url, sentBy } = request;
		const guard = sentBy === void 0 || sentBy.url.host === url.host ? "" : `${sentBy.reach} ${sentBy.url.host}`;
		const key = `${url.origin} ${guard}`;
		let pool = pools.get(key);
		if (pool === void 0) {
			pool = openPool(guard === "" ? withoutSender(request) : request);
			pools.set(key, pool);
			pool.catch(() => {});
		}
		return pool;
	};
	return {
		request: async (request) => {
			if (closed) throw new RegistryError(`${request.method} ${redactUrl(request.url)}: the client is closed`);
			const pool = await poolFor(request);
			const { default: send } = await import("./api-request.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const response = await send.call(pool, {
				origin: request.url.origin,
				path: request.url.pathname + request.url.search,
				method: request.method,
				headers: {
					"accept-encoding": "identity",
					...request.headers
				},
				headersTimeout: request.patience ?? 3e4,
				...request.body === void 0 ? {} : { body: request.body },
				...request.signal === void 0 ? {} : { signal: request.signal }
			});
			const headers = (name) => [response.headers[name] ?? []].flat();
			const header = (name) => headers(name)[0];
			const status = response.statusCode;
			let bytes = /* @__PURE__ */ new Uint8Array();
			if (status < 300 && request.receive !== void 0) await request.receive(limitedBody(response, request), header);
			else bytes = await readBody(response, request);
			return {
				status,
				header,
				headers,
				bytes
			};
		},
		close: async () => {
			closed = true;
			const opened = await Promise.allSettled(pools.values());
			pools.clear();
			await Promise.all(opened.map(async (pool) => {
				if (pool.status === "fulfilled") await pool.value.destroy();
			}));
		}
	};
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
	const tokens = /* @__PURE__ */ new Map();
	const askedScopes = /* @__PURE__ */ new Map();
	const sources = /* @__PURE__ */ new Map();
	const find = async (target) => {
		const found = await credentials.find(target.registry, target.repository);
		sources.set(target.base.origin, found);
		return found;
	};
	const scopesOf = (target) => {
		const own = repositoryScope(target.repository, target.actions);
		return askedScopes.get(`${target.base.origin} ${own}`) ?? [own];
	};
	const rememberScopes = (target, asked) => {
		if (asked === void 0 || asked === "") return;
		const own = repositoryScope(target.repository, target.actions);
		const joined = cleanScopes([...scopesOf(target), ...asked.split(" ")]);
		askedScopes.set(`${target.base.origin} ${own}`, joined);
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
	return {
		authorization: async (target) => {
			const service = services.get(target.base.origin);
			return service === void 0 ? basics.get(basicKey(target)) : bearer(target, service);
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
			const { username, password } = (await find(target)).credentials ?? {};
			if (username === void 0 || password === void 0) return void 0;
			const basic = basicHeader(username, password);
			basics.set(basicKey(target), basic);
			return basic;
		},
		describe: (target) => describeFound(target, sources.get(target.base.origin))
	};
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
	const { username, password, identityToken } = given;
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
const spawnHelper = (program, server) => new Promise((resolve, reject) => {
	const child = spawn(program, ["get"], {
		stdio: [
			"pipe",
			"pipe",
			"ignore"
		],
		timeout: 3e4,
		killSignal: "SIGKILL"
	});
	const chunks = [];
	let size = 0;
	child.stdout.on("data", (chunk) => {
		size += chunk.length;
		if (size > 1048576) child.kill("SIGKILL");
		else chunks.push(chunk);
	});
	child.on("error", (cause) => {
		reject(new WorkError(`cannot run ${program}`, {
			cause,
			fix: `install ${program} or log in without it`
		}));
	});
	child.on("close", (exitCode, signal) => {
		if (exitCode === null) reject(new WorkError(`${program} was ended by ${signal}: it took over 30 s or printed over 1 MiB`));
		else resolve({
			exitCode,
			stdout: Buffer.concat(chunks).toString("utf8")
		});
	});
	child.stdin.on("error", () => {});
	child.stdin.end(server);
});
// src/registry/docker-config.ts
async function loadDockerConfigs(env, warn = () => {}) {
	const configs = [];
	const inline = env["DOCKER_AUTH_CONFIG"] ?? "";
	if (inline.trim() !== "") try {
		configs.push({
			config: parseDockerConfig(inline, "DOCKER_AUTH_CONFIG"),
			source: "DOCKER_AUTH_CONFIG"
		});
	} catch (error) {
		warn(error instanceof Error ? error.message : String(error));
	}
	const path = dockerConfigPath(env);
	if (path !== void 0) {
		const text = await readIfThere(path);
		configs.push({
			config: text === void 0 ? {} : parseDockerConfig(text, path),
			source: path
		});
	}
	return configs;
}
function dockerConfigPath(env) {
	const folder = env["DOCKER_CONFIG"] ?? "";
	if (folder !== "") return join(folder, "config.json");
	const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
	return home === "" ? void 0 : join(home, ".docker", "config.json");
}
function parseDockerConfig(text, source) {
	if (text.trim() === "") return {};
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		throw new WorkError(`${source} is not one JSON object`, { fix: "run docker login again" });
	}
	if (!isObject(value)) throw new WorkError(`${source} is not a JSON object`);
	const { auths, credsStore, credHelpers } = value;
	if (auths !== void 0 && auths !== null && !isObject(auths)) throw new WorkError(`${source}: auths must be an object`);
	if (credsStore !== void 0 && typeof credsStore !== "string") throw new WorkError(`${source}: credsStore must be a string`);
	if (credHelpers !== void 0 && credHelpers !== null && !isStringMap(credHelpers)) throw new WorkError(`${source}: credHelpers must map registries to helper names`);
	return {
		...isObject(auths) ? { auths } : {},
		...typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {},
		...isStringMap(credHelpers) ? { credHelpers } : {}
	};
}
async function readIfThere(path) {
	try {
		return await readFile(path, "utf8");
	} catch (cause) {
		if (isObject(cause) && (cause["code"] === "ENOENT" || cause["code"] === "ENOTDIR")) return void 0;
		throw new WorkError(`cannot read ${path}`, { cause });
	}
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isStringMap(value) {
	return isObject(value) && Object.values(value).every((member) => typeof member === "string");
}
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
// src/registry/client.ts
const maxManifestBytes = 4194304;
const putPatience = 12e4;
const systemClock = {
	now: () => performance.now(),
	wallClock: () => Date.now(),
	sleep: (duration) => new Promise((resolve) => void setTimeout(resolve, duration)),
	random: () => Math.random()
};
function createRegistryClient(options) {
	const { env, registries = [], log = {
		debug: () => {},
		warning: () => {}
	} } = options;
	const plainHttp = registries.filter(({ http }) => http).map(({ host }) => host);
	const clock = {
		...systemClock,
		...options.clock
	};
	const transport = createTransport({
		env,
		registries
	});
	const send = createSender(transport, clock, log);
	const credentials = createCredentialSource({
		env,
		warn: log.warning,
		...options.runHelper === void 0 ? {} : { run: options.runHelper }
	});
	const authorizer = createAuthorizer({
		credentials,
		send,
		clock,
		log
	});
	const pushed = new Set((options.pushTo ?? []).map((reference) => formatReference(withTarget(reference))));
	const shared = createSharing();
	const openings = /* @__PURE__ */ new Map();
	const warned = /* @__PURE__ */ new Set();
	const perform = async (operation) => {
		const { reference } = operation;
		const base = registryUrl(reference.registry, plainHttp);
		const actions = pushed.has(formatReference(withTarget(reference))) ? [
			"pull",
			"push",
			...operation.actions
		] : operation.actions;
		const target = {
			registry: reference.registry,
			base,
			repository: reference.repository,
			actions
		};
		const { settle, ready } = opening(base.origin);
		try {
			if (ready !== void 0) await ready;
			else if (!await credentials.mayHave(reference.registry).catch(() => false)) settle();
			const sent = await authorized(operation, target, settle);
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
	const authorized = async (operation, target, settle) => {
		let authorization = await authorizer.authorization(target);
		for (let refreshed = false;;) {
			const sent = await send({
				method: operation.method,
				url: new URL(`/v2/${operation.reference.repository}/${operation.path}`, target.base),
				headers: {
					"user-agent": "multiarch",
					...operation.headers,
					...authorization === void 0 ? {} : { authorization }
				},
				maxBytes: operation.maxBytes ?? maxManifestBytes,
				...operation.body === void 0 ? {} : { body: operation.body },
				...operation.patience === void 0 ? {} : { patience: operation.patience }
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
		}
	};
	const report = (response, host) => {
		for (const text of parseWarnings(response.headers("warning"))) {
			if (warned.has(`${host} ${text}`)) continue;
			warned.add(`${host} ${text}`);
			log.warning(`${host} says: ${printable(text)}`);
		}
	};
	const fetchManifest = async (reference) => {
		const what = formatReference(reference);
		const operation = {
			method: "GET",
			reference,
			path: `manifests/${targetOf(reference)}`,
			actions: ["pull"],
			headers: { accept: manifestMediaTypes.join(", ") }
		};
		const { bytes, header } = await verified(operation, reference.digest, what);
		const digest = reference.digest ?? digestOf(bytes);
		const said = header("docker-content-digest") ?? "";
		if (isDigest(said) && !matchesDigest(bytes, said)) log.warning(`${what}: the registry says ${said}, but the bytes it sent are ${digest}`);
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
	const verified = async (operation, digest, what) => {
		const first = (await perform(operation)).response;
		if (digest === void 0 || matchesDigest(first.bytes, digest)) return first;
		log.warning(`${what}: the registry sent other bytes than the digest names; asking again`);
		const { response } = await perform(operation);
		if (matchesDigest(response.bytes, digest)) return response;
		throw new RegistryError(`${what}: expected ${digest}, but the registry sent ${digestOf(response.bytes)} (${response.bytes.length} bytes)`);
	};
	const head = async (reference) => {
		const { response } = await perform({
			method: "HEAD",
			reference,
			path: `manifests/${targetOf(reference)}`,
			actions: ["pull"],
			headers: { accept: manifestMediaTypes.join(", ") },
			accepts: [
				403,
				404,
				405
			]
		});
		if (response.status === 404) return void 0;
		return (response.status < 300 ? describeHead(response, reference) : void 0) ?? getIfThere(reference);
	};
	const getManifest = (reference) => shared(`GET ${formatReference(reference)}`, () => fetchManifest(reference));
	const getIfThere = async (reference) => {
		try {
			return (await getManifest(reference)).descriptor;
		} catch (error) {
			if (error instanceof RegistryError && error.status === 404) return void 0;
			throw error;
		}
	};
	return {
		getManifest,
		headManifest: (reference) => shared(`HEAD ${formatReference(reference)}`, () => head(reference)),
		putManifest: async (reference, bytes, mediaType) => {
			const what = formatReference(reference);
			const digest = reference.digest ?? digestOf(bytes);
			if (!matchesDigest(bytes, digest)) throw new RegistryError(`${what}: the bytes to push are ${digestOf(bytes)}`);
			const { response } = await perform({
				method: "PUT",
				reference,
				path: `manifests/${targetOf(reference)}`,
				actions: ["pull", "push"],
				headers: { "content-type": mediaType },
				body: bytes,
				patience: putPatience
			});
			const said = response.header("docker-content-digest") ?? "";
			if (isDigest(said) && !matchesDigest(bytes, said)) throw new RegistryError(`${what}: the registry stored ${said} instead of ${digest}: it changed the bytes`);
			return digest;
		},
		getBlob: (reference, digest, { maxBytes = maxManifestBytes } = {}) => {
			const repository = withTarget(reference);
			const what = formatReference(withTarget(reference, { digest }));
			return shared(`BLOB ${maxBytes} ${what}`, async () => {
				const operation = {
					method: "GET",
					reference: repository,
					path: `blobs/${digest}`,
					actions: ["pull"],
					maxBytes
				};
				return (await verified(operation, digest, what)).bytes;
			});
		},
		deleteManifest: async (reference) => {
			await perform({
				method: "DELETE",
				reference,
				path: `manifests/${targetOf(reference)}`,
				actions: ["delete", "pull"],
				accepts: [404]
			});
		},
		close: transport.close
	};
}
function targetOf(reference) {
	const target = reference.digest ?? reference.tag;
	if (target === void 0) throw new RegistryError(`${formatReference(reference)} names no tag and no digest`);
	return target;
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
function failure(operation, sent, target, used) {
	const { response, url, tries } = sent;
	const body = new TextDecoder().decode(response.bytes);
	const codes = parseErrorBody(body).map(({ code }) => code).filter((code) => code !== "");
	const refused = response.status === 401 || response.status === 403;
	const parts = [
		`${operation.method} ${redactUrl(url)}: ${response.status}`,
		summarizeErrorBody(body),
		response.status === 413 ? `it is ${operation.body?.length ?? 0} bytes` : "",
		tries > 1 ? `after ${tries} tries` : "",
		refused ? `${used}; wanted ${target.actions.join(" and ")} on ${target.repository}` : ""
	];
	const fix = refused ? `run docker login ${target.registry}, as a user who may do this` : void 0;
	return new RegistryError(parts.filter((part) => part !== "").join(": "), {
		status: response.status,
		codes,
		temporary: isTemporary({
			status: response.status,
			codes
		}),
		fix
	});
}
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
export { backoff as a, isTemporary as c, maxWait as d, triesAfter as f, summarizeErrorBody as g, printable as h, askedWait as i, maxTotalWait as l, parseErrorBody as m, createTransport as n, errorCodes as o, RegistryError as p, createSender as r, isLostSocket as s, createRegistryClient as t, maxTries as u };
