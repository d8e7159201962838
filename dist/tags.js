import { r as __toESM } from "./rolldown-runtime.js";
import { An as WorkError, At as rawRule, Dt as isTag, Ft as formatDate, Mt as dateExpressions, Nt as mentions, Ot as toTag, Pt as renderTemplate, jt as parseFlavor, kn as InputError, kt as parseTagRule } from "./shared.js";
import { C as formatReference, E as withTarget } from "./oci.js";
import { n as require_parse } from "./vendor-semver.js";
// src/tags/oci-labels.ts
function ociLabels(facts, version, now, commitTime) {
	const { commit, description, license, repositoryUrl } = facts;
	const labels = {
		created: (commitTime === void 0 ? now : /* @__PURE__ */ new Date(commitTime * 1e3)).toISOString(),
		description,
		licenses: license,
		revision: commit,
		source: repositoryUrl,
		title: facts.title ?? repositoryUrl?.split("/").at(-1),
		url: repositoryUrl,
		version
	};
	return Object.fromEntries(Object.entries(labels).filter((entry) => entry[1] !== void 0 && entry[1] !== "").map(([name, value]) => [`org.opencontainers.image.${name}`, value]));
}
// src/tags/pep440.ts
var import_parse = /* @__PURE__ */ __toESM(require_parse(), 1);
const pattern = new RegExp([
	"^\\s*v?",
	"(?:(?<epoch>\\d+)!)?",
	"(?<release>\\d+(?:\\.\\d+)*)",
	"(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\\d*))?",
	"(?:-(?<postDash>\\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\\d*))?",
	"(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\\d*))?",
	"(?:\\+(?<local>[a-z\\d]+(?:[-_.][a-z\\d]+)*))?",
	"\\s*$"
].join(""), "i");
const preSpellings = {
	alpha: "a",
	beta: "b",
	c: "rc",
	pre: "rc",
	preview: "rc"
};
function parsePep440(text) {
	const found = pattern.exec(text.toLowerCase())?.groups;
	if (found === void 0) return void 0;
	const { dev, epoch, local, post, postDash, pre, release = "" } = found;
	const numbers = release.split(".").map(number);
	return {
		version: [
			epoch === void 0 || number(epoch) === "0" ? "" : `${number(epoch)}!`,
			numbers.join("."),
			pre === void 0 ? "" : `${preSpellings[pre] ?? pre}${number(found["preNumber"])}`,
			post === void 0 && postDash === void 0 ? "" : `.post${number(postDash ?? found["postNumber"])}`,
			dev === void 0 ? "" : `.dev${number(found["devNumber"])}`,
			local === void 0 ? "" : `+${local.split(/[-_.]/).map(localPart).join(".")}`
		].join(""),
		release: numbers,
		isFinal: [
			pre,
			post,
			postDash,
			dev
		].every((part) => part === void 0)
	};
}
function number(digits = "") {
	return digits.replace(/^0+(?=\d)/, "") || "0";
}
function localPart(part) {
	return /^\d+$/.test(part) ? number(part) : part;
}
// src/tags/version.ts
function parseVersion(scheme, raw) {
	if (scheme === "semver") {
		const version = (0, import_parse.default)(raw);
		if (version === null) return void 0;
		return {
			raw,
			version: version.version,
			major: String(version.major),
			minor: String(version.minor),
			patch: String(version.patch),
			isFinal: version.prerelease.length === 0
		};
	}
	const version = parsePep440(raw);
	if (version === void 0) return void 0;
	const [major = "0", minor = "0", patch = "0"] = version.release;
	return {
		raw,
		version: version.version,
		major,
		minor,
		patch,
		isFinal: version.isFinal
	};
}
// src/tags/auto.ts
function autoRules({ ref }) {
	const version = ref?.kind === "tag" ? parseVersion("semver", ref.name) : void 0;
	return [
		...version === void 0 ? [] : ["type=semver,pattern={{version}}", "type=semver,pattern={{major}}.{{minor}}"],
		...version === void 0 || version.major === "0" ? [] : ["type=semver,pattern={{major}}"],
		"type=schedule",
		"type=ref,event=branch",
		"type=ref,event=tag",
		"type=ref,event=pr"
	].map(parseTagRule);
}
// src/tags/job.ts
function createJob(facts, now) {
	const ref = refOf(facts);
	const shortCommit = (facts.commit ?? "").slice(0, facts.shortCommitLength ?? 7);
	const nameOf = (kind) => ref?.kind === kind ? ref.name : "";
	const isDefault = ref?.kind === "branch" && ref.name === facts.defaultBranch;
	const values = {
		branch: nameOf("branch"),
		tag: nameOf("tag"),
		sha: shortCommit,
		base_ref: facts.baseBranch ?? "",
		is_default_branch: String(isDefault),
		is_not_default_branch: String(!isDefault)
	};
	const committed = facts.commitTime === void 0 ? now : /* @__PURE__ */ new Date(facts.commitTime * 1e3);
	return {
		facts,
		ref,
		shortCommit,
		valueOf: (expression) => {
			if (expression.name !== "date" && expression.name !== "commit_date") return values[expression.name];
			return formatDate(expression.name === "date" ? now : committed, expression.format, expression.timeZone);
		}
	};
}
function refOf({ branch, event, pullRequest, tag }) {
	if (event === "pull-request") return pullRequest === void 0 ? void 0 : {
		kind: "pr",
		name: pullRequest
	};
	if (tag !== void 0) return {
		kind: "tag",
		name: tag
	};
	return branch === void 0 ? void 0 : {
		kind: "branch",
		name: branch
	};
}
// src/tags/moving.ts
const lasting = [
	/(?:^|[^\d.])v?\d+\.\d+\.\d+/,
	/(?:^|[^\da-z])\d{8}(?!\d)/i,
	/(?:^|[^\da-z])(?=[a-f]*\d)[\da-f]{7,64}(?![\da-z])/i
];
function isMoving(tag) {
	return !lasting.some((pattern) => pattern.test(tag));
}
// src/tags/make-tag.ts
const none = { tag: void 0 };
function makeTag(rule, job) {
	const { facts, ref } = job;
	switch (rule.type) {
		case "schedule":
			if (facts.event !== "schedule") return none;
			return {
				tag: renderTemplate(rule.pattern, job.valueOf),
				moves: !mentions(rule.pattern, ...dateExpressions),
				isLatest: false
			};
		case "semver":
		case "pep440": return makeVersionTag(rule, job);
		case "match": {
			const value = valueOrGitTag(rule.value, job);
			if (value === void 0) return none;
			const found = value.match(rule.pattern);
			if (found === null) return {
				tag: void 0,
				why: `${rule.pattern} does not match ${JSON.stringify(value)}`
			};
			const tag = found[rule.group];
			if (tag === void 0) return {
				tag: void 0,
				why: `${rule.pattern} has no group ${rule.group}`
			};
			return {
				tag,
				moves: isMoving(tag),
				isLatest: true
			};
		}
		case "edge": {
			if (ref?.kind !== "branch") return none;
			const branch = rule.branch ?? facts.defaultBranch;
			if (branch === void 0) return {
				tag: void 0,
				why: "the default branch is not known: name it, as in type=edge,branch=main"
			};
			return ref.name === branch ? {
				tag: "edge",
				moves: true,
				isLatest: false
			} : none;
		}
		case "ref":
			if (ref?.kind !== rule.event) return none;
			return {
				tag: ref.name,
				moves: ref.kind !== "tag" || isMoving(ref.name),
				isLatest: ref.kind === "tag"
			};
		case "raw": {
			const tag = renderTemplate(rule.value, job.valueOf);
			return {
				tag,
				moves: !mentions(rule.value, "sha", ...dateExpressions) && isMoving(tag),
				isLatest: false
			};
		}
		case "sha":
			if (facts.commit === void 0) return {
				tag: void 0,
				why: "the commit is not known"
			};
			return {
				tag: rule.format === "long" ? facts.commit : job.shortCommit,
				moves: false,
				isLatest: false
			};
		default: return rule;
	}
}
function makeVersionTag(rule, job) {
	const value = valueOrGitTag(rule.value, job);
	if (value === void 0) return none;
	const found = rule.match === void 0 ? [value] : rule.match.exec(value);
	if (found === null) return {
		tag: void 0,
		why: `${rule.match} does not match ${JSON.stringify(value)}`
	};
	const raw = (found[1] ?? found[0] ?? "").replaceAll("/", "-");
	const version = parseVersion(rule.type, raw);
	if (version === void 0) {
		const what = rule.type === "semver" ? "a semantic version" : "a version after PEP 440";
		return {
			tag: void 0,
			why: `${JSON.stringify(raw)} is not ${what}`
		};
	}
	if (!version.isFinal) {
		const [only, ...more] = rule.pattern;
		return {
			tag: more.length === 0 && typeof only === "object" && only.name === "raw" ? version.raw : version.version,
			moves: false,
			isLatest: false
		};
	}
	return {
		tag: renderTemplate(rule.pattern, ({ name }) => version[name]),
		moves: !mentions(rule.pattern, "version", "raw") && ![
			"major",
			"minor",
			"patch"
		].every((name) => mentions(rule.pattern, name)),
		isLatest: true
	};
}
function valueOrGitTag(value, { ref, valueOf }) {
	if (value !== void 0) return renderTemplate(value, valueOf);
	return ref?.kind === "tag" ? ref.name : void 0;
}
// src/tags/plan.ts
function planTags(specs, flavor, facts, now) {
	const job = createJob(facts, now);
	const rules = specs.flatMap((spec) => rulesOf(spec, job)).toSorted((a, b) => b.priority - a.priority);
	const warnings = [];
	const tags = /* @__PURE__ */ new Map();
	let latest;
	for (const rule of rules) {
		if (!isEnabled(rule, job)) continue;
		const made = makeTag(rule, job);
		if (made.tag === void 0) {
			if (made.why !== void 0) warnings.push(`tags: ${rule.text} makes no tag: ${made.why}`);
			continue;
		}
		const affixed = [
			affix(rule.prefix, flavor.prefix, job),
			made.tag,
			affix(rule.suffix, flavor.suffix, job)
		].join("");
		if (affixed === "") continue;
		const tag = checkTag(affixed, rule.text);
		if (!tags.has(tag)) tags.set(tag, { moves: made.moves });
		latest ??= flavor.latest === "auto" ? made.isLatest : flavor.latest === "true";
	}
	if (latest === true) {
		const onLatest = ({ onLatest, text }) => onLatest ? renderTemplate(text, job.valueOf) : "";
		tags.set(checkTag(`${onLatest(flavor.prefix)}latest${onLatest(flavor.suffix)}`, "flavor"), { moves: true });
	}
	const references = uniqueReferences(specs);
	return {
		tags: [...tags.keys()],
		references,
		version: tags.keys().next().value ?? references[0]?.tag,
		floating: [.../* @__PURE__ */ new Set([...[...tags].filter(([, { moves }]) => moves).map(([tag]) => tag), ...references.flatMap(({ tag = "latest" }) => isMoving(tag) ? [tag] : [])])],
		warnings
	};
}
function rulesOf(spec, job) {
	switch (spec.kind) {
		case "rule": return [spec.rule];
		case "auto": return autoRules(job);
		case "tag": return [rawRule(spec.tag)];
		case "reference": return [];
		default: return spec;
	}
}
function isEnabled(rule, job) {
	const enable = renderTemplate(rule.enable, job.valueOf);
	if (enable === "true" || enable === "false") return enable === "true";
	throw new InputError(`tags: ${rule.text}: enable is ${JSON.stringify(enable)}, neither true nor false`);
}
function affix(own, { text }, job) {
	return renderTemplate(own ?? text, job.valueOf);
}
function checkTag(text, from) {
	const tag = toTag(text);
	if (isTag(tag)) return tag;
	const why = tag === "" ? "nothing of it can stand in a tag" : `it has ${tag.length} characters, and a tag at most 128`;
	throw new InputError(`tags: ${from} makes ${JSON.stringify(text)}: ${why}`);
}
function uniqueReferences(specs) {
	const references = specs.flatMap((spec) => spec.kind === "reference" ? [spec.reference] : []);
	return [...new Map(references.map((reference) => [formatReference(reference), reference])).values()];
}
// src/steps/targets.ts
function planTargets({ flavor, image, tags }, facts, now) {
	const planned = planTags(tags, parseFlavor(flavor), facts, now);
	const repositories = /* @__PURE__ */ new Map();
	const add = (named, names) => {
		const repository = withTarget(named);
		const name = formatReference(repository);
		const known = repositories.get(name) ?? {
			repository,
			tags: /* @__PURE__ */ new Set()
		};
		for (const tag of names) known.tags.add(tag);
		repositories.set(name, known);
	};
	for (const repository of image) add(repository, planned.tags);
	for (const reference of planned.references) add(reference, [reference.tag ?? "latest"]);
	const floating = /* @__PURE__ */ new Set(["latest", ...planned.floating]);
	return {
		targets: [...repositories.values()].map(({ repository, tags: names }) => {
			const inRepository = (tag) => withTarget(repository, { tag });
			const first = [...names].filter((name) => !floating.has(name)).map(inRepository);
			const last = [...names].filter((name) => floating.has(name)).map(inRepository);
			return {
				repository,
				tags: [...first, ...last],
				floating: last
			};
		}),
		version: planned.version
	};
}
async function findTargets(inputs, { job }) {
	const facts = inputs.tags.some(({ kind }) => kind === "rule" || kind === "auto") ? (await job.withGit()).job : await job.fromCi();
	const planned = planTargets(inputs, facts, /* @__PURE__ */ new Date());
	if (planned.targets.some(({ tags }) => tags.length > 0)) return planned;
	throw new WorkError(`tags: nothing comes of these rules for this ${facts.event}`, { fix: "add a rule that holds here, such as type=sha, or don't publish from such events" });
}
export { planTargets as n, ociLabels as r, findTargets as t };
