export { t as exec, n as getExecOutput } from "./vendor-actions-exec.js";
