type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Kinds of rows, by file, that no code of ours answers, each with the reason. */
export const outside: Reasons = {
  action_inputs: {
    "*": "inputs are read by src/inputs, which has tests of its own",
  },
  challenges: {
    tokenOptions: "containerd's own structure",
  },
  conformance: {
    "*": "they grade the registry that the client's tests talk to: test/registry/conformance.test.ts",
  },
  csv: {
    buildctlOpt: "buildctl and buildx read these, we only write them",
    importCaches: "buildctl and buildx read these, we only write them",
    exportCaches: "buildctl and buildx read these, we only write them",
    registryAuthTLSContext: "buildctl and buildx read these, we only write them",
    buildxAnnotations: "buildctl and buildx read these, we only write them",
  },
  dockerconfig: {
    "validKey containers-image": "we write no config",
    encodeAuth: "we write no config",
    "encodeAuth oras": "we write no config",
    "credentialFormat oras": "we write no config",
    credentialFormat: "we write no config",
    "keyLookupOrder containers-image": "an inner order of theirs; the get rows show its effect",
    "getDockercfg containers-image": ".dockercfg was replaced in 2015",
    "hostFromConfig regclient": "regclient's own structure",
    "fileSearchOrder go-containerregistry": "only docker's files are read, as buildctl does",
    credsStore: "the row names a file that is not in it",
  },
  oci_schema: {
    descriptor: "no document of this kind is validated by us",
    specExample: "no document of this kind is validated by us",
    config: "no document of this kind is validated by us",
    layout: "no document of this kind is validated by us",
    "docker-config": "no document of this kind is validated by us",
  },
  platform_compare: {
    "*": "no code of ours picks from an index yet",
  },
  platforms: {
    cpuVariantFromUname: "the host's processor is not read",
    "format regclient": "regclient's spelling",
    "format go-containerregistry": "its own spelling with a colon",
  },
  protocol: {
    contentLength: "undici reads it",
    readAtMost: "test/registry/client.test.ts has the limits",
    limitSize: "test/registry/client.test.ts has the limits",
    referrersFilter: "all referrers are read, so that no filter is asked for",
    rawResponse: "their wording of messages",
    manifestUnknown: "404 alone says it",
  },
  references: {
    parseRaw: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    nameRegexp: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    domainRegexp: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    referenceRegexp: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    identifierRegexp:
      "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    anchoredNameRegexp:
      "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    withName: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    withTag: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    withDigest: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    domainAndPath: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    dockerRef: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    globMatch: "the grammar without registry, or a part of it; the normalize rows hold us to the whole",
    "parse regclient": "another dialect than docker's",
    "parse oras": "another dialect than docker's",
    "parseHost regclient": "another dialect than docker's",
    "containerdRef containerd": "another dialect than docker's",
    "ggcr-digest go-containerregistry": "another dialect than docker's",
    "ggcr-repository go-containerregistry": "another dialect than docker's",
    "ggcr-tag go-containerregistry": "another dialect than docker's",
    "ggcr-registry go-containerregistry": "another dialect than docker's",
  },
  retry: {
    backoff: "oras' delays; ours are in test/registry/retry.test.ts",
    retryClient: "oras' count of tries; ours is in test/registry/client.test.ts",
  },
  urls: {
    httpFallback: "there is no fallback to plain HTTP",
    foreignLayerUrl: "the urls of descriptors are never followed",
    canonicalAddress: "the URL class does this",
    isLocalAddress: "regclient's own structure; addressKind answers isRFC1918",
    logRedaction: "another form of redaction; ours is in test/registry/url.test.ts",
  },
  workflow_commands: {
    fileCommand: "@actions/core writes these files",
  },
};

/** Rows, by file, that we answer otherwise than upstream, each with the reason. */
export const different: Reasons = {
  challenges: {
    'registry/remote/auth/challenge_test.go:Test_parseChallenge[13] "bad bearer challenge (incomplete quote)"':
      "an open quote is an error, as regclient has it",
  },
  csv: {
    'csvvalue_test.go:var testCases[3] "a;b;c\\n"': "buildctl has no other separator than the comma",
    'csvvalue_test.go:var testCases[6] "   "': "buildctl does not trim leading spaces",
    'csvvalue_test.go:var testCases[7] "   foo,bar,baz"': "buildctl does not trim leading spaces",
    'csvvalue_test.go:var testCases[9] "a \\"word\\",\\"1\\"2\\",a\\",\\"b"': "buildctl has no lazy quotes",
    'csvvalue_test.go:var testCases[10] "a \\"word\\",\\"1\\"2\\",a\\""': "buildctl has no lazy quotes",
    'csvvalue_test.go:var testCases[14] "\\""': "buildctl has no lazy quotes",
    'csvvalue_test.go:var testCases[18] "a\\"\\"b,c"': "buildctl has no lazy quotes",
    'csvvalue_test.go:var testCases[20] " \\"a\\",\\" b\\",c"': "buildctl does not trim leading spaces",
    'csvvalue_test.go:var testCases[21] "  aa,   b,  c"': "buildctl does not trim leading spaces",
    'csvvalue_test.go:var testCases[25] "a\u20acb\u20acc\\n"':
      "buildctl has no other separator than the comma",
  },
  dockerconfig: {
    'cli/config/configfile/file_test.go:TestParseEnvConfig/unexpected fields ""':
      "any entry that docker login writes is taken; only what is not JSON is passed over",
    'cli/config/configfile/file_test.go:TestGetAllCredentialsFromEnvironment/malformed falls back ""':
      "any entry that docker login writes is taken; only what is not JSON is passed over",
    'registry/remote/internal/configuration/config_test.go:TestConfig_GetAuthConfig_legacyConfig[2] "Address with different scheme unmached"':
      "the host decides, whatever the scheme of the key asked for",
    'registry/remote/internal/configuration/config_test.go:TestConfig_GetAuthConfig_invalidConfig[0] "Invalid auth encode"':
      "auth is decoded when it is found, so a malformed one is reported",
    'packages/oci/src/__tests__/credentials.test.ts:identity token ""':
      "the password beside an identity token is kept; the token is used",
  },
  oci_schema: {
    'schema/imageindex_test.go:TestImageIndex[3] ""':
      "an index of others may lack an architecture; ours may not, which buildIndex checks",
    'schema/manifest_test.go:TestManifest[5] ""': "an image without layers is read",
    'schema/manifest_test.go:TestManifest[6] ""': "only registered digest algorithms can be verified",
  },
  platforms: {
    'platforms_test.go:TestParseSelector[0] "*"': "upstream skips it: a platform has no wildcards",
    'platforms_test.go:TestParseSelector[1] "linux/*"': "upstream skips it: a platform has no wildcards",
    'platforms_test.go:TestParseSelector[2] "*/arm64"': "upstream skips it: a platform has no wildcards",
    'types/platform/platform_test.go:TestPlatformParse[14] "linux"':
      "a lone system gets an architecture, as in containerd",
    'types/platform/platform_test.go:TestPlatformParse[15] "darwin"':
      "a lone system gets an architecture, as in containerd",
    'types/platform/platform_test.go:TestPlatformParse[18] "windows/amd64,osver=10.0.17763.4974"':
      "the row depends on its host and expects nothing",
    'types/platform/platform_test.go:TestPlatformParse[20] "windows"':
      "a lone system gets an architecture, as in containerd",
    'types/platform/platform_test.go:TestPlatformParse[21] "amd64"':
      "the row depends on its host and expects nothing",
    'types/platform/platform_test.go:TestPlatformParse[22] "arm64"':
      "the row depends on its host and expects nothing",
    'types/platform/platform_test.go:TestPlatformParse[23] "local"':
      "the row depends on its host and expects nothing",
    'platforms.go:Parse/Format/Normalize "linux/.."':
      "upstream joins it as a path; no such architecture exists",
  },
  protocol: {
    'image/docker/docker_client_test.go:TestParseRegistryWarningHeader[11] ""':
      "the row lost its raw bytes in JSON",
    'image/internal/manifest/manifest_test.go:TestGuessMIMEType[9] ""': "the document has an empty digest",
    'image/internal/manifest/manifest_test.go:TestGuessMIMEType[12] ""': "the document has an empty digest",
  },
  proxy: {
    'http/httpproxy/proxy_test.go:proxyForURLTests[8] "http://example.com"':
      "a proxy of an unknown scheme is an error",
    'http/httpproxy/proxy_test.go:proxyForURLTests[25] "http://[1000::%25.example.com]:123"':
      "Node takes no URL with a zone",
  },
  redirects: {
    'packages/oci/src/__tests__/registry.test.ts "strips credentials when scheme changes"':
      "a redirect from HTTPS to HTTP is refused",
    'packages/oci/src/__tests__/registry.test.ts "follows exactly 20 redirects and returns the terminal response"':
      "at most 10 redirects",
    'packages/oci/src/__tests__/registry.test.ts "converts POST to GET on 303 and removes entity headers"':
      "a write is not turned into a read",
    'packages/oci/src/__tests__/registry.test.ts "301/302 redirect converts POST to GET"':
      "a write is not turned into a read",
    'packages/oci/src/__tests__/registry.test.ts "removes entity headers but retains safe headers after method change"':
      "a write is not turned into a read",
    'packages/oci/src/__tests__/registry.test.ts "follows exactly 20 redirects in token exchange and succeeds"':
      "at most 10 redirects",
    'packages/oci/src/__tests__/registry.test.ts "303 on OAuth POST converts to GET and strips entity headers"':
      "a write is not turned into a read",
    'registry/remote/repository_test.go "Test_BlobStore_Push_CrossHostRedirect"':
      "the Location of an upload is no redirect; test/registry/leaks.test.ts shows that it is refused, too",
  },
  references: {
    'normalize_test.go:TestParseAnyReference[10] "dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c"':
      "an image id is no reference to a registry",
    'normalize_test.go:TestParseAnyReference[11] "sha256:dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c"':
      "an image id is no reference to a registry",
    'normalize.go:ParseNormalizedNamed "validname@sha512:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"':
      "sha512 is a registered algorithm; upstream's test binary leaves it out",
    'normalize.go:ParseNormalizedNamed "r.io/a@sha512:00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"':
      "sha512 is a registered algorithm; upstream's test binary leaves it out",
    'normalize.go:ParseNormalizedNamed "r_x.io/a"': "an underscore stands in no host name",
  },
  scopes: {
    'core/remotes/docker/scope_test.go:TestGetTokenScopes[4] ""':
      "scopes of one repository are merged, as oras does",
    'core/remotes/docker/scope_test.go:TestGetTokenScopes[5] ""':
      "scopes of one repository are merged, as oras does",
  },
  urls: {
    'internal/client/repository_test.go:TestSanitizeLocation[2] ""':
      "an upload does not go on at another origin, as oras has it",
    'pkg/name/registry_test.go:TestRegistryScheme[13] "10.2.3.4:5000"':
      "only loopback is plain HTTP unless asked",
    'pkg/v1/remote/transport/bearer_test.go:TestValidateRealmURLSameHost[1] "same loopback host but different port still blocked"':
      "a token service beside a loopback registry has another port",
    'registry/remote/auth/client_test.go:Test_validateRealm[0] "empty realm is allowed"':
      "a realm must be a URL",
  },
};
