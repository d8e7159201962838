import { t as require_tar_stream } from "./vendor-tar-stream.js";
export default require_tar_stream();
export {};
