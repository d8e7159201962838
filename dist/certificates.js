import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
// src/buildkit/tls/der.ts
function value(tag, ...content) {
	const body = Buffer.concat(content);
	return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}
function lengthOctets(length) {
	if (length < 128) return [length];
	const octets = [];
	for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
	return [128 | octets.length, ...octets];
}
const sequence = (...parts) => value(48, ...parts);
const set = (part) => value(49, part);
const octetString = (content) => value(4, content);
const utf8String = (text) => value(12, Buffer.from(text));
const boolean = (truth) => value(1, Buffer.from([truth ? 255 : 0]));
const explicit = (tag, content) => value(160 | tag, content);
const implicit = (tag, content) => value(128 | tag, content);
function integer(bytes) {
	const first = bytes.findIndex((byte) => byte !== 0);
	const significant = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
	return value(2, ...((significant[0] ?? 0) & 128) !== 0 ? [Buffer.from([0])] : [], significant);
}
function bitString(content, unusedBits = 0) {
	return value(3, Buffer.from([unusedBits]), content);
}
function namedBits(bits) {
	const last = Math.max(...bits);
	const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
	for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | 128 >> (bit & 7);
	return bitString(bytes, 7 - (last & 7));
}
function objectIdentifier(dotted) {
	const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
	const octets = [first * 40 + second, ...rest].flatMap((number) => {
		const sevenBits = [number % 128];
		for (let more = Math.floor(number / 128); more > 0; more = Math.floor(more / 128)) sevenBits.unshift(more % 128 | 128);
		return sevenBits;
	});
	return value(6, Buffer.from(octets));
}
function time(date) {
	const digits = `${date.toISOString().slice(0, 19).replaceAll(/\D/g, "")}Z`;
	return date.getUTCFullYear() < 2050 ? value(23, Buffer.from(digits.slice(2))) : value(24, Buffer.from(digits));
}
// src/buildkit/tls/certificates.ts
const skewMilliseconds = 3e5;
const lifeMilliseconds = 864e5;
function issueCertificates(now) {
	const authority = newIdentity("multiarch authority of one run");
	const validity = {
		notBefore: /* @__PURE__ */ new Date(now.getTime() - skewMilliseconds),
		notAfter: new Date(now.getTime() + lifeMilliseconds)
	};
	const issue = (subject, extensions) => certificate({
		subject,
		issuer: authority,
		...validity,
		extensions
	});
	const leaf = (name, usage, alternatives) => {
		const subject = newIdentity(name);
		const extensions = [
			extension(oid.basicConstraints, sequence(), { critical: true }),
			extension(oid.keyUsage, namedBits([keyUsage.digitalSignature]), { critical: true }),
			extension(oid.extKeyUsage, sequence(objectIdentifier(usage))),
			...alternatives.length === 0 ? [] : [extension(oid.subjectAltName, sequence(...alternatives))]
		];
		return {
			cert: issue(subject, extensions),
			key: subject.privateKey.export({
				type: "pkcs8",
				format: "pem"
			}).toString()
		};
	};
	return {
		ca: issue(authority, [extension(oid.basicConstraints, sequence(boolean(true), integer(Buffer.from([0]))), { critical: true }), extension(oid.keyUsage, namedBits([keyUsage.keyCertSign]), { critical: true })]),
		server: leaf("buildkitd", oid.serverAuth, [implicit(generalName.dnsName, Buffer.from("localhost")), implicit(generalName.ipAddress, Buffer.from([
			127,
			0,
			0,
			1
		]))]),
		client: leaf("multiarch", oid.clientAuth, []),
		notAfter: validity.notAfter
	};
}
const oid = {
	ecdsaWithSha256: "1.2.840.10045.4.3.2",
	commonName: "2.5.4.3",
	subjectKeyIdentifier: "2.5.29.14",
	keyUsage: "2.5.29.15",
	subjectAltName: "2.5.29.17",
	basicConstraints: "2.5.29.19",
	authorityKeyIdentifier: "2.5.29.35",
	extKeyUsage: "2.5.29.37",
	serverAuth: "1.3.6.1.5.5.7.3.1",
	clientAuth: "1.3.6.1.5.5.7.3.2"
};
const keyUsage = {
	digitalSignature: 0,
	keyCertSign: 5
};
const generalName = {
	dnsName: 2,
	ipAddress: 7
};
function newIdentity(commonName) {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const spki = publicKey.export({
		type: "spki",
		format: "der"
	});
	const point = spki.subarray(-65);
	return {
		name: sequence(set(sequence(objectIdentifier(oid.commonName), utf8String(commonName)))),
		privateKey,
		publicKey: spki,
		keyIdentifier: createHash("sha256").update(point).digest().subarray(0, 20)
	};
}
function certificate(options) {
	const { subject, issuer, notBefore, notAfter, extensions } = options;
	const algorithm = sequence(objectIdentifier(oid.ecdsaWithSha256));
	const version3 = Buffer.from([2]);
	const toBeSigned = sequence(explicit(0, integer(version3)), integer(randomBytes(16)), algorithm, issuer.name, sequence(time(notBefore), time(notAfter)), subject.name, subject.publicKey, explicit(3, sequence(...extensions, extension(oid.subjectKeyIdentifier, octetString(subject.keyIdentifier)), extension(oid.authorityKeyIdentifier, sequence(implicit(0, issuer.keyIdentifier))))));
	const signature = sign("sha256", toBeSigned, issuer.privateKey);
	return pem("CERTIFICATE", sequence(toBeSigned, algorithm, bitString(signature)));
}
function extension(id, content, { critical = false } = {}) {
	return sequence(objectIdentifier(id), ...critical ? [boolean(true)] : [], octetString(content));
}
function pem(label, der) {
	const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
	return [
		`-----BEGIN ${label}-----`,
		...lines,
		`-----END ${label}-----`,
		""
	].join("\n");
}
export { issueCertificates };
