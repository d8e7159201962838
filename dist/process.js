export { t as planDaemonProcess, n as probeProcess, r as processAddress, i as processLog } from "./shared.js";
