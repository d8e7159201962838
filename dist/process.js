export { L as planDaemonProcess, R as probeProcess, z as processAddress, B as processLog, V as socketIn } from "./shared.js";
