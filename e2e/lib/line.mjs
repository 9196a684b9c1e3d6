// A line in earnest: made by `helpline init`, run by `helpline serve`, with
// people who have a passphrase and a second factor.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { program, Server } from './server.mjs';
import { until } from './until.mjs';

/** A line that runs in earnest, in the place of the demonstration. */
export class Line extends Server {
	/** The first supervisor's way in. */ join = '';

	/** Whether the line does TLS itself. */ tls = false;
	/** Where leaving leads. */ neutral = 'https://weather.example/';
	/** The neutral page, where it is one that answers. @type {https.Server | undefined} */ #weather;

	/** Makes a line and starts it. @param {{ tls?: boolean }} [how] tls: with a certificate of its own making, and a neutral page that answers */
	static async begin({ tls = false } = {}) {
		const s = /** @type {Line} */ (await Line.at());
		s.tls = tls;
		if (tls) await s.#certify();
		const made = spawnSync(program, [
			'init', '--config', s.config, '--data', s.folder, '--listen', `127.0.0.1:${s.port}`, '--visitor-host', new URL(s.visitor).host,
			'--staff-host', `desk.localhost:${s.port}`, '--neutral-url', s.neutral, '--country', 'nl', '--locales', 'en,nl,nl-BE,fr,de', '--supervisor', 'Anna Vermeer',
			...(tls ? ['--tls-cert', s.certificate, '--tls-key', s.key] : []),
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

	/** Makes a certificate that signs itself, and a neutral page with it. */
	async #certify() {
		const made = spawnSync('openssl', [
			'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
			'-addext', 'subjectAltName=DNS:localhost,DNS:desk.localhost', '-keyout', this.key, '-out', this.certificate,
		], { encoding: 'utf8' });
		if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.error ?? made.stderr}`);
		const weather = https.createServer({ key: readFileSync(this.key), cert: readFileSync(this.certificate) }, (_, answer) => {
			answer.setHeader('Content-Type', 'text/html; charset=utf-8');
			answer.end('<!DOCTYPE html><title>Weather</title><p>Dry and mild.');
		});
		this.#weather = weather;
		await new Promise((done) => weather.listen(0, '127.0.0.1', () => done(undefined)));
		this.neutral = `https://localhost:${/** @type {net.AddressInfo} */ (weather.address()).port}/`;
	}

	/** @override */
	async remove() {
		this.#weather?.close();
		this.#weather?.closeAllConnections();
		await super.remove();
	}

	/** Where the certificate stands. */
	get certificate() {
		return path.join(path.dirname(this.folder), 'certificate.pem');
	}

	/** Where its key stands. */
	get key() {
		return path.join(path.dirname(this.folder), 'key.pem');
	}

	/** @override Text browsers ask the machine for a name, and machines know this one. */
	get visitor() {
		return this.tls ? `https://localhost:${this.port}` : `http://talk.localhost:${this.port}`;
	}

	/** The address of the staff's pages. */
	get desk() {
		return `${this.tls ? 'https' : 'http'}://desk.localhost:${this.port}`;
	}

	/** @override */
	answers() {
		if (!this.tls) return super.answers();
		return new Promise((done, fail) => {
			https.get(`${this.visitor}/healthz`, { ca: readFileSync(this.certificate), host: '127.0.0.1', servername: 'localhost', agent: false }, (answer) => {
				answer.resume();
				done(answer.statusCode === 200);
			}).on('error', fail);
		});
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
