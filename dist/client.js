import { C as formatReference, D as digestOf, E as withTarget, l as ociIndex } from "./oci.js";
import { _ as checkedBody, b as RegistryError, v as requireDigest, w as parseManifest } from "./registry.js";
import { An as WorkError } from "./shared.js";
import { n as layoutPath } from "./reference.js";
import { createReadStream, createWriteStream } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
// src/oci-layout/index-json.ts
const nameKey = "org.opencontainers.image.ref.name";
function parseIndexJson(bytes, what) {
	const index = parseManifest(bytes, what);
	if (index.kind === "index") return index.manifests;
	throw new WorkError(`${what} is no image index`);
}
function formatIndexJson(manifests) {
	return `${JSON.stringify({
		schemaVersion: 2,
		mediaType: ociIndex,
		manifests
	})}\n`;
}
function findTag(manifests, tag) {
	const names = ({ annotations = {} }) => [annotations[nameKey], annotations["io.containerd.image.name"]].filter((name) => name !== void 0);
	return manifests.find((entry) => entry.annotations?.[nameKey] === tag) ?? manifests.find((entry) => names(entry).some((name) => name.endsWith(`:${tag}`)));
}
function moveTag(manifests, tag, entry) {
	const before = findTag(manifests, tag);
	const others = manifests.filter((candidate) => candidate !== before);
	return entry === void 0 ? others : [...others, {
		...entry,
		annotations: { [nameKey]: tag }
	}];
}
// src/oci-layout/store.ts
function blobPath(digest) {
	return `blobs/${digest.replace(":", "/")}`;
}
const layoutFile = `${JSON.stringify({ imageLayoutVersion: "1.0.0" })}\n`;
// src/oci-layout/folder.ts
function openFolder(folder) {
	const indexFile = join(folder, "index.json");
	let drafts = 0;
	const draftOf = (path) => `${path}.${process.pid}.${drafts++}`;
	const write = async (path, save) => {
		await mkdir(dirname(path), { recursive: true });
		const draft = draftOf(path);
		try {
			await save(draft);
			await rename(draft, path);
		} catch (error) {
			await rm(draft, { force: true });
			throw error;
		}
	};
	return {
		list: async () => {
			const bytes = await orMissing(readFile(indexFile));
			return bytes === void 0 ? [] : parseIndexJson(bytes, indexFile);
		},
		replaceList: async (manifests) => {
			await write(join(folder, "oci-layout"), (draft) => writeFile(draft, layoutFile));
			await write(indexFile, (draft) => writeFile(draft, formatIndexJson(manifests)));
		},
		size: async (digest) => (await orMissing(stat(join(folder, blobPath(digest)))))?.size,
		read: (digest) => createReadStream(join(folder, blobPath(digest))),
		write: (digest, body) => write(join(folder, blobPath(digest)), (draft) => pipeline(body, createWriteStream(draft))),
		finish: async () => {},
		discard: async () => {}
	};
}
async function orMissing(reading) {
	try {
		return await reading;
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return void 0;
		throw error;
	}
}
// src/oci-layout/tar-format.ts
const block = 512;
async function readTarEntries(file, what) {
	const entries = /* @__PURE__ */ new Map();
	let longName;
	for (let position = 0;;) {
		const header = Buffer.alloc(block);
		const { bytesRead } = await file.read(header, 0, block, position);
		if (bytesRead < block || header.every((byte) => byte === 0)) return entries;
		if (checksum(header) !== number(header, 148, 8)) throw new WorkError(`${what} is not a tar archive`);
		const size = number(header, 124, 12);
		const type = String.fromCharCode(header[156] ?? 0);
		const offset = position + block;
		position = offset + Math.ceil(size / block) * block;
		if (type === "x") {
			const records = Buffer.alloc(Math.min(size, 65536));
			await file.read(records, 0, records.length, offset);
			longName = /(?:^|\n)\d+ path=(.*)\n/.exec(records.toString())?.[1];
			continue;
		}
		const prefix = text(header, 345, 155);
		const name = longName ?? `${prefix === "" ? "" : `${prefix}/`}${text(header, 0, 100)}`;
		longName = void 0;
		if (type === "0" || type === "\0") entries.set(name.replace(/^\.\//, ""), {
			offset,
			size
		});
	}
}
function tarHeader(name, size) {
	const header = Buffer.alloc(block);
	const slash = name.lastIndexOf("/");
	const [prefix, base] = name.length > 100 ? [name.slice(0, slash), name.slice(slash + 1)] : ["", name];
	if (base.length > 100) throw new WorkError(`${name} is too long a name for a tar archive: use a folder`);
	header.write(base, 0);
	header.write("0000644\0", 100);
	header.write("0000000\0", 108);
	header.write("0000000\0", 116);
	header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
	header.write("00000000000\0", 136);
	header.write("0", 156);
	header.write("ustar\x0000", 257);
	header.write(prefix, 345);
	header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
	return header;
}
function tarPadding(size) {
	return Buffer.alloc((block - size % block) % block);
}
const tarEnd = Buffer.alloc(2 * block);
function checksum(header) {
	return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}
function text(header, at, length) {
	const field = header.subarray(at, at + length);
	const end = field.indexOf(0);
	return field.subarray(0, end === -1 ? length : end).toString();
}
function number(header, at, length) {
	if (((header[at] ?? 0) & 128) !== 0) return header.readUIntBE(at + length - 6, 6);
	return Number.parseInt(text(header, at, length).trim() || "0", 8);
}
// src/oci-layout/tar.ts
function openTar(path) {
	const folder = `${path}.${process.pid}.parts`;
	const added = openFolder(folder);
	let listed;
	let reading;
	const scan = async () => {
		const file = await orMissing(open(path));
		if (file === void 0) return /* @__PURE__ */ new Map();
		try {
			return await readTarEntries(file, path);
		} finally {
			await file.close();
		}
	};
	const entries = () => reading ??= scan();
	const readEntry = ({ offset, size }) => size === 0 ? nothing() : createReadStream(path, {
		start: offset,
		end: offset + size - 1
	});
	const listArchived = async () => {
		const index = (await entries()).get("index.json");
		return index === void 0 ? [] : parseIndexJson(await buffer(readEntry(index)), `index.json of ${path}`);
	};
	async function* readBlob(digest) {
		const entry = (await entries()).get(blobPath(digest));
		yield* entry === void 0 ? added.read(digest) : readEntry(entry);
	}
	const pack = async (manifests) => {
		const archived = new Map([...await entries()].filter(([name]) => name !== "index.json" && name !== "oci-layout"));
		const draft = `${path}.${process.pid}`;
		const file = await open(draft, "w");
		try {
			const add = async (name, size, body) => {
				await file.writeFile(tarHeader(name, size));
				for await (const chunk of body) await file.writeFile(chunk);
				await file.writeFile(tarPadding(size));
			};
			const addText = (name, text) => add(name, Buffer.byteLength(text), once$1(Buffer.from(text)));
			await addText("oci-layout", layoutFile);
			await addText("index.json", formatIndexJson(manifests));
			for (const [name, entry] of archived) await add(name, entry.size, readEntry(entry));
			for (const name of await blobNames(folder)) {
				if (archived.has(name)) continue;
				const blob = await open(`${folder}/${name}`);
				const { size } = await blob.stat();
				await add(name, size, blob.createReadStream());
			}
			await file.writeFile(tarEnd);
		} finally {
			await file.close();
		}
		await rename(draft, path);
	};
	return {
		list: async () => listed ?? listArchived(),
		replaceList: async (manifests) => void (listed = manifests),
		size: async (digest) => (await entries()).get(blobPath(digest))?.size ?? added.size(digest),
		read: readBlob,
		write: added.write,
		finish: async () => {
			if (listed === void 0) return;
			if (formatIndexJson(listed) !== formatIndexJson(await listArchived())) await pack(listed);
		},
		discard: () => rm(folder, {
			recursive: true,
			force: true
		})
	};
}
async function blobNames(folder) {
	return (await orMissing(readdir(folder, {
		recursive: true,
		withFileTypes: true
	})) ?? []).filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`).toSorted();
}
async function* nothing() {}
async function* once$1(bytes) {
	yield bytes;
}
// src/oci-layout/client.ts
const maxBytesInMemory = 4194304;
function openLayoutStores(cwd) {
	const stores = /* @__PURE__ */ new Map();
	let lastChange = Promise.resolve();
	return {
		of: (reference) => {
			const path = layoutPath(reference);
			if (path === void 0) return void 0;
			const absolute = resolve(cwd, path);
			const store = stores.get(absolute) ?? (path.endsWith(".tar") ? openTar : openFolder)(absolute);
			stores.set(absolute, store);
			return store;
		},
		change: (work) => {
			const next = lastChange.then(work, work);
			lastChange = next.catch(() => {});
			return next;
		},
		finish: async () => {
			for (const store of stores.values()) await store.finish();
		},
		discard: async () => {
			for (const store of stores.values()) await store.discard();
		}
	};
}
function withLayouts(registry, { change, of: storeOf }) {
	const find = async (store, { digest, tag }) => digest ?? findTag(await store.list(), tag ?? "")?.digest;
	const getIfThere = async (store, reference) => {
		const what = formatReference(reference);
		const digest = await find(store, reference);
		if (digest === void 0 || await store.size(digest) === void 0) return void 0;
		const bytes = await readWhole(store, reference, digest, maxBytesInMemory);
		const manifest = parseManifest(bytes, what);
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
	const get = async (store, reference) => {
		const found = await getIfThere(store, reference);
		if (found !== void 0) return found;
		throw new RegistryError(`${formatReference(reference)} is not there`, { status: 404 });
	};
	const put = async (store, reference, bytes, mediaType) => {
		const digest = reference.digest ?? digestOf(bytes);
		requireDigest(bytes, digest, formatReference(reference));
		await store.write(digest, once(bytes));
		const { tag } = reference;
		if (tag !== void 0) {
			const entry = {
				mediaType,
				digest,
				size: bytes.length
			};
			await change(async () => store.replaceList(moveTag(await store.list(), tag, entry)));
		}
		return digest;
	};
	return {
		...registry,
		getManifest: (reference) => {
			const store = storeOf(reference);
			return store === void 0 ? registry.getManifest(reference) : get(store, reference);
		},
		headManifest: async (reference) => {
			const store = storeOf(reference);
			return store === void 0 ? registry.headManifest(reference) : (await getIfThere(store, reference))?.descriptor;
		},
		putManifest: (reference, bytes, mediaType) => {
			const store = storeOf(reference);
			return store === void 0 ? registry.putManifest(reference, bytes, mediaType) : put(store, reference, bytes, mediaType);
		},
		putReferrer: async (reference, bytes, mediaType) => {
			const store = storeOf(reference);
			if (store === void 0) return registry.putReferrer(reference, bytes, mediaType);
			const digest = await put(store, withTarget(reference, { digest: digestOf(bytes) }), bytes, mediaType);
			await change(async () => {
				const others = (await store.list()).filter((entry) => entry.digest !== digest);
				await store.replaceList([...others, {
					mediaType,
					digest,
					size: bytes.length
				}]);
			});
			return digest;
		},
		listTags: async (reference) => {
			const store = storeOf(reference);
			if (store === void 0) return registry.listTags(reference);
			return (await store.list()).map(({ annotations }) => annotations?.["org.opencontainers.image.ref.name"]).filter((name) => name !== void 0);
		},
		awaitTag: async (tag, digest) => {
			const store = storeOf(tag);
			if (store === void 0) return registry.awaitTag(tag, digest);
			const found = await find(store, tag);
			if (found === digest) return;
			throw new RegistryError(`${formatReference(tag)} was set to ${digest}, but is ${found ?? "not there"} now`);
		},
		deleteManifest: async (reference) => {
			const store = storeOf(reference);
			if (store === void 0) return registry.deleteManifest(reference);
			const { tag } = reference;
			if (tag === void 0) return false;
			await change(async () => store.replaceList(moveTag(await store.list(), tag, void 0)));
			return true;
		},
		getBlob: async (reference, digest, options = {}) => {
			const store = storeOf(reference);
			return store === void 0 ? registry.getBlob(reference, digest, options) : readWhole(store, reference, digest, options.maxBytes ?? maxBytesInMemory);
		},
		copyBlob: async (from, to, blob) => {
			const [source, target] = [storeOf(from), storeOf(to)];
			const what = formatReference(withTarget(from, { digest: blob.digest }));
			if (target === void 0) return source === void 0 ? registry.copyBlob(from, to, blob) : registry.putBlob(to, blob, () => source.read(blob.digest));
			if (await target.size(blob.digest) === blob.size) return "there already";
			if (source === void 0) await registry.readBlob(from, blob, (body) => target.write(blob.digest, body));
			else await target.write(blob.digest, checkedBody(source.read(blob.digest), blob, what));
			return "uploaded";
		},
		listLayout: async (layout) => await storeOf(layout)?.list() ?? []
	};
}
async function readWhole(store, reference, digest, maxBytes) {
	const what = formatReference(withTarget(reference, { digest }));
	const size = await store.size(digest);
	if (size === void 0) throw new RegistryError(`${what} is not there`, { status: 404 });
	if (size > maxBytes) throw new RegistryError(`${what} has ${size} bytes, more than the ${maxBytes} that it may`);
	const bytes = await buffer(store.read(digest));
	requireDigest(bytes, digest, what);
	return bytes;
}
async function* once(bytes) {
	yield bytes;
}
export { openLayoutStores, withLayouts };
