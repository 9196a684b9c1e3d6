package console

import (
	"net/http"
	"strings"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/directory"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// directoryPage lists the providers for those who look after them.
func (c *Console) directoryPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	all, err := c.Directory.List(r.Context(), actor(p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "directory", "js/form.js")
	v := templates.Directory{Staff: frame}
	for _, k := range all {
		row := providerRow(words, k)
		if row.State == "check" || row.State == "old" {
			v.Open++
		}
		v.Providers = append(v.Providers, row)
	}
	c.show(w, r, http.StatusOK, templates.DirectoryPage(v))
}

// providerRow is a provider in the list.
func providerRow(words i18n.Words, k counsel.Kept) templates.KeptProvider {
	at := "/directory/" + k.ID.String()
	row := templates.KeptProvider{
		ID: k.ID.String(), Name: k.Name, Organization: k.Organization, Sources: strings.Join(k.Sources, " · "),
		State: "check", Hidden: k.Hidden, Others: k.Together - 1, Hide: at + "/hide", Checked: at + "/checked",
	}
	for _, n := range k.Phones {
		row.Reach = append(row.Reach, n.Number)
	}
	for _, at := range []string{k.Mail, k.URL} {
		if at != "" {
			row.Reach = append(row.Reach, at)
		}
	}
	switch {
	case k.Hidden:
		row.State = "hidden"
	case k.Standing == directory.Checked:
		row.State = "checked"
	case k.Standing == directory.TooOld:
		row.State = "old"
	}
	switch by, on := k.CheckedBy, string(k.CheckedOn); {
	case by != "" && on != "":
		row.Last = words.T("directory.last", "by", by, "on", on)
	case on != "":
		row.Last = words.T("directory.last.source", "on", on)
	default:
		row.Last = words.T("directory.last.never")
	}
	return row
}

// hideProvider keeps a provider off cards, or lets it back.
func (c *Console) hideProvider(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.tend(w, r, func(provider helpline.ID) error {
		hidden := r.PostForm.Get("hidden")
		if hidden != "yes" && hidden != "no" {
			return helpline.Errorf(helpline.Invalid, "hide a provider: neither yes nor no")
		}
		return c.Directory.Hide(r.Context(), actor(p), provider, hidden == "yes")
	})
}

// checkProvider says that the person has checked a provider today.
func (c *Console) checkProvider(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.tend(w, r, func(provider helpline.ID) error { return c.Directory.Checked(r.Context(), actor(p), provider) })
}

// tend changes the provider of the address and goes back to where it stands.
func (c *Console) tend(w http.ResponseWriter, r *http.Request, do func(helpline.ID) error) {
	id, err := helpline.ParseID(r.PathValue("provider"))
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, "notfound", "/directory")
		return
	}
	if err = form(r); err == nil {
		err = do(id)
	}
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/directory#p-"+id.String(), http.StatusSeeOther)
	case helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "notfound", "/directory")
	default:
		c.fail(w, r, err)
	}
}
