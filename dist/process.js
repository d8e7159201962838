export { k as planDaemonProcess, A as probeProcess, j as processAddress, M as processLog } from "./shared.js";
