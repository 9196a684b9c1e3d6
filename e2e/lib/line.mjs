// A line in earnest: made by `helpline init`, run by `helpline serve`, with
// people who have a passphrase and a second factor.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { program, Server } from './server.mjs';
import { until } from './until.mjs';

/** A line that runs in earnest, in the place of the demonstration. */
export class Line extends Server {
	/** The first supervisor's way in. */ join = '';

	/** Makes a line and starts it. */
	static async begin() {
		const s = /** @type {Line} */ (await Line.at());
		const made = spawnSync(program, [
			'init', '--config', s.config, '--data', s.folder, '--listen', `127.0.0.1:${s.port}`, '--visitor-host', `talk.localhost:${s.port}`,
			'--staff-host', `desk.localhost:${s.port}`, '--neutral-url', 'https://weather.example/', '--country', 'nl', '--locales', 'en,nl,nl-BE,fr,de', '--supervisor', 'Anna Vermeer',
		], { encoding: 'utf8' });
		s.join = /\/join\/\S+/.exec(made.stdout)?.[0] ?? '';
		if (!s.join) throw new Error(`init gave no way in: ${made.stdout} ${made.stderr}`);
		await s.restart();
		return s;
	}

	get config() {
		return path.join(path.dirname(this.folder), 'helpline.toml');
	}

	/** @override */
	command() {
		return ['serve', '--config', this.config];
	}

	/** @override */
	get visitor() {
		return `http://talk.localhost:${this.port}`;
	}

	/** The address of the staff's pages. */
	get desk() {
		return `http://desk.localhost:${this.port}`;
	}
}

/** The app on somebody's phone: it shows each code once. */
export class Phone {
	#step = 0;

	/** @param {string} secret as the page shows it */
	constructor(secret) {
		let bits = '';
		for (const c of secret.replaceAll(/\s/g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0');
		this.key = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
	}

	/** The next code that was not shown before; the line takes one of the step after this one too. */
	async code() {
		const now = () => Math.floor(Date.now() / 30_000);
		await until('the app shows a code that was not used', async () => this.#step <= now(), 45_000);
		this.#step = Math.max(this.#step + 1, now());
		const counter = Buffer.alloc(8);
		counter.writeBigUInt64BE(BigInt(this.#step));
		const mac = createHmac('sha1', this.key).update(counter).digest();
		const at = (mac[19] ?? 0) & 15;
		return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
	}
}
