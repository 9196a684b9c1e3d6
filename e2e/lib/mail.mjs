// A mail relay on this machine, for notices: it takes every mail, in clear as
// only this machine may be spoken to, and shows what came.
import net from 'node:net';
import { until } from './until.mjs';

/** A mail as it came. @typedef {{ from: string, to: string, head: Map<string, string>, body: string, text: string }} Mail from and to are those of the envelope; head has its names in small letters; text is all of it */

export class Relay {
	#server = net.createServer((road) => this.#talk(road));
	/** @type {Set<net.Socket>} */ #open = new Set();
	/** @type {Mail[]} every mail, in the order it came */ mails = [];
	port = 0;

	/** Listens on a free port. */
	static async start() {
		const relay = new Relay();
		await new Promise((done) => relay.#server.listen(0, '127.0.0.1', () => done(undefined)));
		relay.port = /** @type {net.AddressInfo} */ (relay.#server.address()).port;
		return relay;
	}

	async stop() {
		for (const road of this.#open) road.destroy();
		await new Promise((done) => this.#server.close(done));
	}

	/** What the settings of a line say of this relay. @param {string} from */
	settings(from) {
		return `\nnotice_smtp = "smtp://127.0.0.1:${this.port}"\nnotice_from = "${from}"\n`;
	}

	/** The mails to an address. @param {string} to */
	to(to) {
		return this.mails.filter((m) => m.to === to);
	}

	/** Waits until so many mails to an address have come, and gives the last of them. @param {string} to @param {number} [count] @param {number} [patience] @returns {Promise<Mail>} */
	async toGet(to, count = 1, patience) {
		await until(`mail number ${count} comes to ${to}`, () => this.to(to).length >= count, patience);
		return /** @type {Mail} */ (this.to(to)[count - 1]);
	}

	/** One conversation, as RFC 5321 has it. @param {net.Socket} road */
	#talk(road) {
		this.#open.add(road);
		road.on('close', () => this.#open.delete(road)).on('error', () => road.destroy());
		let rest = '';
		let from = '';
		let to = '';
		/** @type {string[] | null} lines of a mail that is just coming */ let mail = null;
		/** @param {string} line */
		const say = (line) => road.write(`${line}\r\n`);
		/** @param {string} line */
		const hear = (line) => {
			if (mail) {
				if (line !== '.') return void mail.push(line.startsWith('.') ? line.slice(1) : line);
				this.#take(from, to, mail);
				mail = null;
				return void say('250 taken');
			}
			const [, verb = '', address = ''] = /^(\w+)(?:[^<]*<([^>]*)>)?/.exec(line) ?? [];
			switch (verb.toUpperCase()) {
				case 'EHLO': return void say('250 relay.example');
				case 'MAIL': from = address; return void say('250 good');
				case 'RCPT': to = address; return void say('250 good');
				case 'DATA': mail = []; return void say('354 go on');
				case 'QUIT': say('221 bye'); return void road.end();
				default: return void say('502 no');
			}
		};
		road.on('data', (piece) => {
			const lines = (rest + piece.toString('latin1')).split('\r\n');
			rest = lines.pop() ?? '';
			for (const line of lines) hear(line);
		});
		say('220 relay.example');
	}

	/** @param {string} from @param {string} to @param {string[]} lines */
	#take(from, to, lines) {
		const end = lines.indexOf('');
		const head = new Map(lines.slice(0, end).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
		this.mails.push({ from, to, head, body: lines.slice(end + 1).join('\n').trim(), text: lines.join('\n') });
	}
}
