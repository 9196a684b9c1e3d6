package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpline"
)

const (
	installationName = "installation.key"
	backupKeyName    = "backup.key"
	noticeKeyName    = "notices.key"
	dayPrefix        = "day-"
	daySuffix        = ".key"
	dayLength        = 24 * time.Hour
)

// HostKeys are the keys that this host holds: one for the installation, made
// once, and one file per day, of which only today's and yesterday's exist. They
// stand in no backup. Safe for concurrent use.
type HostKeys struct {
	dir string
	log *slog.Logger
	mu  sync.Mutex
}

// Days gives the keys of today and yesterday. It makes today's when there are
// none yet and destroys all that are older than yesterday's, so it must be
// called soon after midnight UTC and before anything is opened at a start.
// When the clock was set back, today is the newest day there are keys for: a
// key for an earlier day is never made. A yesterday without a file gets keys
// that nothing was ever sealed with.
func (h *HostKeys) Days(now time.Time) (today, yesterday Day, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	epochs, err := h.tidy()
	if err != nil {
		return Day{}, Day{}, err
	}
	epoch := int(now.Unix() / int64(dayLength/time.Second))
	if len(epochs) > 0 && epochs[len(epochs)-1] > epoch {
		h.log.Warn("the clock is behind the newest day keys: set the clock; while it stays behind, the day keys are not replaced", "days", epochs[len(epochs)-1]-epoch)
		epoch = epochs[len(epochs)-1]
	}
	if today, err = h.day(epoch, !slices.Contains(epochs, epoch)); err != nil {
		return Day{}, Day{}, err
	}
	if yesterday, err = h.yesterday(epoch-1, epochs); err != nil {
		return Day{}, Day{}, err
	}
	return today, yesterday, h.destroyBefore(epoch-1, epochs)
}

// day reads the keys of a day, after making them if asked.
func (h *HostKeys) day(epoch int, fresh bool) (Day, error) {
	d := Day{Epoch: epoch}
	path := h.path(epoch)
	if fresh {
		d.Ticket, d.Live, d.Login = newKey(), newKey(), newKey()
		return d, writeKeys(path, dayMark, d.Ticket, d.Live, d.Login)
	}
	err := readKeys(path, dayMark, &d.Ticket, &d.Live, &d.Login)
	return d, err
}

func (h *HostKeys) yesterday(epoch int, epochs []int) (Day, error) {
	if slices.Contains(epochs, epoch) {
		return h.day(epoch, false)
	}
	// Never zero: a key that everybody knows would open what nobody sealed.
	return Day{Epoch: epoch, Ticket: newKey(), Live: newKey(), Login: newKey()}, nil
}

func (h *HostKeys) destroyBefore(oldest int, epochs []int) error {
	gone := false
	for _, e := range epochs {
		if e >= oldest {
			continue
		}
		if err := retire(h.path(e)); err != nil {
			return err
		}
		gone = true
	}
	if !gone {
		return nil
	}
	return syncFolder(h.dir)
}

// tidy lists the days there are files for, oldest first, and destroys files
// that a crash left unfinished.
func (h *HostKeys) tidy() ([]int, error) {
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		return nil, explainOS("read the folder of keys", err)
	}
	var epochs []int
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, tempPrefix) {
			if err := destroy(filepath.Join(h.dir, name)); err != nil {
				return nil, err
			}
		}
		if n, ok := epochOf(name); ok {
			epochs = append(epochs, n)
		}
	}
	slices.Sort(epochs)
	return epochs, nil
}

func epochOf(name string) (int, bool) {
	number, day := strings.CutPrefix(name, dayPrefix)
	number, key := strings.CutSuffix(number, daySuffix)
	n, err := strconv.Atoi(number)
	return n, day && key && err == nil && strconv.Itoa(n) == number && n >= 0
}

func (h *HostKeys) path(epoch int) string {
	return filepath.Join(h.dir, fmt.Sprintf("%s%d%s", dayPrefix, epoch, daySuffix))
}

// MakeInstallation makes the installation key, once; Conflict when there is one.
func (h *HostKeys) MakeInstallation() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	path := filepath.Join(h.dir, installationName)
	if _, err := os.Lstat(path); err == nil {
		return helpline.Errorf(helpline.Conflict, "make the installation key: there is one already: this folder has been initialised before")
	}
	return writeKeys(path, installationMark, newKey())
}

// Installation reads the installation key; NotFound before init.
func (h *HostKeys) Installation() (Key, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var k Key
	err := readKeys(filepath.Join(h.dir, installationName), installationMark, &k)
	if helpline.KindOf(err) == helpline.NotFound {
		return Key{}, helpline.Errorf(helpline.NotFound, "read the installation key: this folder has none: run helpline init")
	}
	return k, err
}

// Backup gives the seed of the key that signs this host's backups, made when
// it is first asked for. It stands in no backup, so that whoever can read one
// cannot sign another.
func (h *HostKeys) Backup() (Key, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	path := filepath.Join(h.dir, backupKeyName)
	var k Key
	err := readKeys(path, backupMark, &k)
	if helpline.KindOf(err) == helpline.NotFound {
		k = newKey()
		err = writeKeys(path, backupMark, k)
	}
	return k, err
}

// Notices gives the key that seals where notices reach members of staff, made
// when it is first asked for. It stands in no backup: after a restore on another
// machine everybody says anew where they can be reached.
func (h *HostKeys) Notices() (Key, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	path := filepath.Join(h.dir, noticeKeyName)
	var k Key
	err := readKeys(path, noticeMark, &k)
	if helpline.KindOf(err) == helpline.NotFound {
		k = newKey()
		err = writeKeys(path, noticeMark, k)
	}
	return k, err
}

// KeptNotices is Notices for whoever only looks: it makes none. NotFound.
func (h *HostKeys) KeptNotices() (Key, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var k Key
	err := readKeys(filepath.Join(h.dir, noticeKeyName), noticeMark, &k)
	return k, err
}

// BackupSigner is Backup for a data folder that nobody has opened; NotFound
// when it has signed no backup yet.
func BackupSigner(dir string) (Key, error) {
	var k Key
	err := readKeys(filepath.Join(dir, keysName, backupKeyName), backupMark, &k)
	return k, err
}

// ReadInstallation checks the text of an installation key.
func ReadInstallation(text []byte) (Key, error) {
	var k Key
	err := parseKeys("read the installation key of a backup", text, installationMark, &k)
	return k, err
}

// InstallationText is the installation key as its file has it, for a backup.
// Clear it after use.
func (h *HostKeys) InstallationText() ([]byte, error) {
	if _, err := h.Installation(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(h.dir, installationName))
	if err != nil {
		return nil, explainOS("read "+installationName, err)
	}
	return text, nil
}

// Anchors are the public keys that the audit log began with, as their file has
// them; nothing when there is none.
func (h *HostKeys) Anchors() ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(h.dir, anchors))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explainOS("read "+anchors, err)
	}
	return text, nil
}
