// The two browsers, driven the same way: Chromium by its own protocol, Firefox
// by WebDriver BiDi. Every journey gets a browser of its own with an empty profile.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const artifacts = path.join(here, 'artifacts');
/** @type {'chromium' | 'firefox'} */
export const name = process.env['BROWSER'] === 'firefox' ? 'firefox' : 'chromium';

/** How long a browser may take to start, with a profile it has to make first, while others start beside it. */
const STARTS = 90_000;

/**
 * Lets a page of Firefox be given a size. The driver tells it beside which way the
 * screen is turned; a Firefox of before mid 2026 knows no such thing and refuses the
 * whole. No journey turns a screen.
 * @param {import('puppeteer-core').Page} page
 */
export function sized(page) {
	const context = Reflect.get(page.mainFrame(), 'browsingContext');
	if (name !== 'firefox' || !context || Object.hasOwn(context, 'setScreenOrientationOverride')) return;
	const turn = context.setScreenOrientationOverride;
	/** @param {unknown} way */
	context.setScreenOrientationOverride = (way) => turn.call(context, way).catch((/** @type {unknown} */ err) => {
		if (!/unknown command/.test(String(err))) throw err;
	});
}

/**
 * Starts the browser of this run; all its traffic goes over the network given.
 * @param {import('./network.mjs').Network} network
 * @param {{ dark?: boolean, large?: boolean, profile?: string, tabs?: boolean, scripts?: boolean }} [how] large: letters are set to be twice as large; profile: a folder that outlives the browser; tabs: those of before come back
 */
export async function launch(network, { dark = false, large = false, profile, tabs = false, scripts = true } = {}) {
	const lasting = profile ? { userDataDir: profile } : {};
	if (name === 'firefox') {
		return puppeteer.launch({
			browser: 'firefox',
			acceptInsecureCerts: true, // a line over TLS has a certificate of its own making
			executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr',
			headless: true,
			timeout: STARTS,
			...lasting,
			extraPrefsFirefox: {
				...(tabs ? { 'browser.startup.page': 3, 'browser.sessionstore.restore_on_demand': false } : {}),
				// What is kept of a session is written at once, so that a search of the folder finds all there ever is.
				...(profile ? { 'browser.sessionstore.interval': 500, 'browser.sessionstore.resume_from_crash': true, 'toolkit.startup.max_resumed_crashes': -1 } : {}),
				'network.proxy.type': 1,
				'network.proxy.socks': '127.0.0.1',
				'network.proxy.socks_port': network.port,
				'network.proxy.socks_version': 5,
				'network.proxy.socks_remote_dns': true,
				'network.proxy.socks5_remote_dns': true,
				'network.proxy.no_proxies_on': '',
				'network.proxy.allow_hijacking_localhost': true,
				'network.proxy.testing_localhost_is_secure_when_hijacked': true,
				// As Tor Browser has them: names that end in .onion are asked for, and trusted.
				'network.dns.blockDotOnion': false,
				'dom.securecontext.allowlist_onions': true,
				'intl.accept_languages': 'en',
				'accessibility.tabfocus': 7,
				// A page in the background of a headless window is still looked at here.
				'dom.min_background_timeout_value': 4,
				'dom.min_background_timeout_value_without_budget_throttling': 4,
				'dom.timeout.enable_budget_timer_throttling': false,
				// It is painted as often, too: what puppeteer presses is first looked for on the painted page.
				'layout.throttled_frame_rate': 60,
				'javascript.enabled': scripts,
				'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
				...(large ? { 'font.size.variable.x-western': 32 } : {}),
			},
		});
	}
	return puppeteer.launch({
		executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
		acceptInsecureCerts: true,
		headless: true,
		timeout: STARTS,
		...lasting,
		...(tabs ? { ignoreDefaultArgs: ['about:blank'] } : {}),
		args: [
			'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--lang=en', '--accept-lang=en',
			`--proxy-server=socks5://127.0.0.1:${network.port}`, '--proxy-bypass-list=<-loopback>',
			...(dark || large ? [`--blink-settings=${[dark && 'preferredColorScheme=0', large && 'defaultFontSize=32'].filter(Boolean).join(',')}`] : []),
			...(tabs ? ['--restore-last-session'] : []),
		],
	});
}

/**
 * Keeps a picture of the page under e2e/artifacts.
 * @param {import('puppeteer-core').Page} page @param {string} title
 */
export async function picture(page, title, fullPage = true) {
	await mkdir(artifacts, { recursive: true });
	const file = path.join(artifacts, `${name}-${title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.png`);
	await writeFile(file, await page.screenshot({ fullPage }));
	return file;
}
