package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// settingFlags are the settings as flags. An empty one was not given.
type settingFlags struct {
	Config      string `placeholder:"FILE" help:"Configuration file; HELPLINE_CONFIG, or helpline.toml in this folder."`
	Name        string `placeholder:"TEXT" help:"Name of the line, as visitors see it."`
	Country     string `placeholder:"CODE" help:"Country profile for help lines and law: be, de, generic, ie, nl or uk."`
	Locales     string `placeholder:"LIST" help:"Languages for visitors, the default first, such as nl,en."`
	NoteDays    string `placeholder:"N" help:"Days that a sealed note is kept, 1 to 90."`
	AnswerDays  string `name:"answer-days" placeholder:"N" help:"Working days within which messages are answered, 1 to 10."`
	CheckDays   string `name:"directory-days" placeholder:"N" help:"Days that a check of a provider counts, 1 to 3650."`
	NeutralURL  string `name:"neutral-url" placeholder:"URL" help:"Page where leaving quickly goes, beginning with https://."`
	Organised   string `name:"organisation" placeholder:"TEXT" help:"Who runs the line, as visitors read it."`
	Contact     string `name:"organisation-contact" placeholder:"TEXT" help:"Where visitors can reach the organisation."`
	Ground      string `name:"legal-ground" placeholder:"TEXT" help:"Legal ground on which personal data is used."`
	HostKeeps   string `name:"host-keeps" placeholder:"TEXT" help:"What the host of this machine keeps of a visit."`
	ProxyKeeps  string `name:"proxy-keeps" placeholder:"TEXT" help:"What the proxy and the network before it keep of a visit."`
	Complaints  string `name:"complaints-body" placeholder:"TEXT" help:"Who outside hears complaints about the line."`
	Data        string `placeholder:"DIR" help:"Data folder."`
	Listen      string `placeholder:"HOST:PORT" help:"Address to listen on; 127.0.0.1:8080 behind a proxy."`
	VisitorHost string `placeholder:"NAME" help:"Host name of the visitors' pages."`
	StaffHost   string `placeholder:"NAME" help:"Host name of the staff's pages."`
	Proxy       string `placeholder:"LIST" help:"Addresses of your own proxy; only its X-Forwarded-For is believed."`
	TLSCert     string `name:"tls-cert" placeholder:"FILE" help:"Certificate, if this program does TLS itself."`
	TLSKey      string `name:"tls-key" placeholder:"FILE" help:"Key of the certificate."`
	TimeZone    string `placeholder:"NAME" help:"Time zone of the line, such as Europe/Amsterdam."`
	OnionListen string `placeholder:"unix:PATH" help:"Where your Tor brings visitors of the onion service; none by default."`
	OnionHost   string `placeholder:"NAME.onion" help:"Name of the onion service."`
	Last        string `name:"last-admission" placeholder:"N" help:"Minutes before the end in which nobody new is taken."`
	Law         string `name:"rota-law" placeholder:"NAME" help:"Rules of working time the rota is held against, such as volunteer-default."`
	First       string `name:"message-first" placeholder:"N" help:"Visitors waiting, from which on messages go first."`
	Metrics     string `placeholder:"HOST:PORT" help:"Address of this machine that tells figures to a watcher; none by default."`
	MaxWaiting  string `placeholder:"N" help:"Visitors who may wait at once."`
	BackupTo    string `name:"backup-recipients" placeholder:"LIST" help:"Public keys of age that safety copies are sealed to."`
	BackupDir   string `name:"backup-dir" placeholder:"DIR" help:"Folder for the safety copy of every day."`
	BackupKeys  string `name:"backup-keys-dir" placeholder:"DIR" help:"Folder for the copy of the keys of the records, best another place."`
	BackupHour  string `name:"backup-hour" placeholder:"N" help:"Hour at which the safety copy is made, 0 to 23."`
	BackupDays  string `name:"backup-days" placeholder:"N" help:"Days that safety copies are kept, 1 to 14."`
	TabTitle    string `name:"tab-title" placeholder:"WORDS" help:"What stands in the tab and the history; a dull word by default."`
	Icon        string `placeholder:"NAME" help:"Icon of the tab: square, page or cloud."`
	Identity    string `name:"identity-word" placeholder:"YES" help:"Whether pages say a neutral word before a name is sent: yes or no."`
	StepUp      string `name:"step-up-seconds" placeholder:"N" help:"Seconds that a second factor counts as just shown, 30 to 900."`
	Chats       string `placeholder:"N" help:"Conversations a new counsellor may have at once."`
	Relay       string `name:"notice-smtp" placeholder:"URL" help:"Mail relay for notices to staff, such as smtp://127.0.0.1:25; none by default."`
	Sender      string `name:"notice-from" placeholder:"ADDRESS" help:"Sender of these mails."`
	RelayLogin  string `name:"notice-smtp-login" placeholder:"FILE" help:"Name and password for the relay, on two lines."`
	Command     string `name:"notice-command" placeholder:"LIST" help:"Program that sends notices, and its arguments."`
	Webhook     string `name:"notice-webhook" placeholder:"URL" help:"Address that notices are posted to."`
	WebhookTo   string `name:"notice-webhook-to" placeholder:"WHAT" help:"What it is told of a person: word or address."`
	HookLogin   string `name:"notice-webhook-login" placeholder:"FILE" help:"Word that the webhook asks for."`
	Link        string `name:"notice-link" placeholder:"YES" help:"Whether notices carry a link to the staff's pages: yes or no."`
}

// given are the flags by the keys of the settings.
func (f settingFlags) given() map[string]string {
	return map[string]string{
		"organisation": f.Organised, "organisation_contact": f.Contact, "legal_ground": f.Ground, "host_keeps": f.HostKeeps, "proxy_keeps": f.ProxyKeeps, "complaints_body": f.Complaints,
		"name": f.Name, "country": f.Country, "locales": f.Locales, "note_days": f.NoteDays, "answer_days": f.AnswerDays, "directory_days": f.CheckDays, "neutral_url": f.NeutralURL,
		"tab_title": f.TabTitle, "icon": f.Icon, "identity_word": f.Identity,
		"data": f.Data, "listen": f.Listen, "visitor_host": f.VisitorHost, "staff_host": f.StaffHost, "proxy": f.Proxy,
		"notice_smtp": f.Relay, "notice_from": f.Sender, "notice_smtp_login": f.RelayLogin, "notice_command": f.Command, "notice_webhook": f.Webhook,
		"notice_webhook_to": f.WebhookTo, "notice_webhook_login": f.HookLogin, "notice_link": f.Link,
		"backup_recipients": f.BackupTo, "backup_dir": f.BackupDir, "backup_keys_dir": f.BackupKeys, "backup_hour": f.BackupHour, "backup_days": f.BackupDays,
		"tls_cert": f.TLSCert, "tls_key": f.TLSKey, "time_zone": f.TimeZone, "metrics": f.Metrics, "onion_listen": f.OnionListen, "onion_host": f.OnionHost, "last_admission": f.Last, "rota_law": f.Law, "message_first": f.First, "max_waiting": f.MaxWaiting, "step_up_seconds": f.StepUp, "chats": f.Chats,
	}
}

// file is the configuration file to read or to write.
func (f settingFlags) file(env func(string) string) string {
	if f.Config != "" {
		return f.Config
	}
	if v := env("HELPLINE_CONFIG"); v != "" {
		return v
	}
	return "helpline.toml"
}

// load makes the configuration. Without a file of its own choice everything
// may come from flags and the environment.
func (f settingFlags) load(env func(string) string) (config, error) {
	file, err := f.chosen(env)
	if err != nil {
		return config{}, err
	}
	return configure(f.given(), env, file)
}

// chosen is the file to read; empty when nobody named one and there is none.
func (f settingFlags) chosen(env func(string) string) (string, error) {
	file := f.file(env)
	_, err := os.Stat(file)
	switch {
	case err == nil, f.Config != "", env("HELPLINE_CONFIG") != "":
		return file, nil
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	}
	return "", configError{fmt.Errorf("look for %s: %w; name another with --config", file, err)}
}
