// Loaded into a process by `--import`: whoever opens a connection or asks for a name there fails at
// once.
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";

const refuse = () => {
  throw new Error("the network is off in this process");
};

net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.Socket.prototype.send = refuse;
dgram.Socket.prototype.bind = refuse;
Object.assign(dns, { lookup: refuse });
globalThis.fetch = refuse;
