// The road between the browsers and the line: a small SOCKS5 proxy of our own
// on the loopback interface. It sees the name a browser asks for, so it can cut
// off one person's host and leave the other's alone, in any browser.
import net from 'node:net';
import { Whole } from './proxy.mjs';

/** @typedef {'open' | 'cut' | 'silent' | 'socketless' | 'held'} Road open: bytes flow; cut: connections break and new ones are refused; silent: bytes stop, nothing breaks; socketless: a proxy that refuses every Upgrade; held: one that also passes an answer on only when it has ended */

export class Network {
	/** @type {Map<string, Road>} */ #roads = new Map();
	/** @type {Set<{ host: string, near: net.Socket, far: net.Socket | null }>} */ #open = new Set();
	/** @type {string[]} every host and port a browser asked for, in order */ asked = [];
	/** @type {{ what: RegExp, held: Set<net.Socket> } | null} */ #late = null;
	/** @type {Map<string, number>} onion names and the ports of their services */ #onions = new Map();
	#server = net.createServer((near) => this.#greet(near));
	port = 0;

	/** Listens on a free port. @returns {Promise<Network>} */
	static async start() {
		const n = new Network();
		await new Promise((done, fail) => {
			n.#server.once('error', fail);
			n.#server.listen(0, '127.0.0.1', () => done(undefined));
		});
		n.port = /** @type {net.AddressInfo} */ (n.#server.address()).port;
		return n;
	}

	async stop() {
		for (const { near, far } of this.#open) {
			near.destroy();
			far?.destroy();
		}
		await new Promise((done) => this.#server.close(done));
	}

	/**
	 * Changes the road to a host, for what is open on it too.
	 * @param {string} host @param {Road} road
	 */
	set(host, road) {
		this.#roads.set(host, road);
		for (const c of this.#open) {
			if (c.host !== host) continue;
			if (road === 'cut') {
				c.near.destroy();
				c.far?.destroy();
			} else if (road === 'silent') {
				c.near.pause();
				c.far?.pause();
			} else {
				c.near.resume();
				c.far?.resume();
			}
		}
	}

	/** Keeps the answers to some requests back, by their first line, until what it gives is called. @param {RegExp} what */
	late(what) {
		/** @type {Set<net.Socket>} */ const held = new Set();
		this.#late = { what, held };
		return () => {
			this.#late = null;
			for (const far of held) far.resume();
			return held.size;
		};
	}

	/** Brings whoever asks for an onion name to its service, as Tor does. @param {string} host @param {number} port */
	onion(host, port) {
		this.#onions.set(host, port);
	}

	/** @param {string} host */
	#road(host) {
		return this.#roads.get(host) ?? 'open';
	}

	/** @param {net.Socket} near */
	#greet(near) {
		near.on('error', () => near.destroy());
		/** @type {Buffer} */ let got = Buffer.alloc(0);
		let greeted = false;
		const read = (/** @type {Buffer} */ piece) => {
			got = Buffer.concat([got, piece]);
			if (!greeted && got.length >= 2 && got.length >= 2 + (got[1] ?? 0)) {
				got = got.subarray(2 + (got[1] ?? 0));
				greeted = true;
				near.write(Buffer.from([5, 0]));
			}
			if (!greeted || got.length < 5) return;
			const kind = got[3];
			const length = kind === 3 ? 1 + (got[4] ?? 0) : kind === 4 ? 16 : 4;
			if (got.length < 4 + length + 2) return;
			const host = kind === 3 ? got.subarray(5, 4 + length).toString() : kind === 4 ? '::1' : [...got.subarray(4, 8)].join('.');
			const port = got.readUInt16BE(4 + length);
			near.off('data', read);
			this.#connect(near, host, port, got.subarray(6 + length));
		};
		near.on('data', read);
	}

	/** @param {net.Socket} near @param {string} host @param {number} port @param {Buffer} rest */
	#connect(near, host, port, rest) {
		this.asked.push(`${host}:${port}`);
		const service = this.#onions.get(host);
		const local = service !== undefined || host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1';
		if (!local || this.#road(host) === 'cut') {
			near.end(Buffer.from([5, local ? 4 : 2, 0, 1, 0, 0, 0, 0, 0, 0]));
			return;
		}
		/** @type {{ host: string, near: net.Socket, far: net.Socket | null }} */
		const c = { host, near, far: null };
		this.#open.add(c);
		const over = () => {
			this.#open.delete(c);
			near.destroy();
			c.far?.destroy();
		};
		near.on('close', over);
		const far = net.connect(service ?? port, '127.0.0.1', () => {
			if (service !== undefined) far.write('PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 80\r\n');
			near.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
			if (rest.length) far.write(rest);
			near.on('data', (piece) => {
				if (this.#late?.what.test(piece.toString('latin1').split('\r\n')[0] ?? '')) {
					this.#late.held.add(far);
					far.pause();
				}
				if (!['socketless', 'held'].includes(this.#road(host)) || !/^upgrade: websocket/im.test(piece.toString('latin1'))) return;
				near.unpipe(far);
				far.removeAllListeners('data');
				near.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
			});
			near.pipe(far);
			const answers = new Whole();
			far.on('data', (piece) => near.write(this.#road(host) === 'held' ? answers.pass(piece) : answers.rest(piece)));
			far.on('end', () => near.end(answers.rest()));
			if (this.#road(host) === 'silent') this.set(host, 'silent');
		});
		c.far = far;
		far.on('error', () => near.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
		far.on('close', over);
	}
}
