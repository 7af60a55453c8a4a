// SPDX-License-Identifier: EUPL-1.2

// A foreign peer of proto/escrow/{note,tree,checkpoint}: Go's sumdb/note and sumdb/tlog read what our
// code wrote ("check") and write what our code must read ("make").
//
// Both sides know the leaves ("leaf 0", "leaf 1", ...) and exchange three files: NAME.vkey, NAME.note
// (a checkpoint) and NAME.proofs, with lines "inclusion INDEX SIZE HASH..." and
// "consistency OLD NEW HASH...", hashes in base64.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const leafCount = 41

const origin = "go.example/log"

// tree holds the hashes in the order that tlog stores them.
type tree struct {
	stored []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = t.stored[index]
	}
	return out, nil
}

func leaf(i int64) []byte {
	return []byte(fmt.Sprintf("leaf %d", i))
}

func grow() (*tree, error) {
	t := &tree{}
	for i := int64(0); i < leafCount; i++ {
		hashes, err := tlog.StoredHashes(i, leaf(i), t)
		if err != nil {
			return nil, err
		}
		t.stored = append(t.stored, hashes...)
	}
	return t, nil
}

func checkpointText(name string, t *tree) (string, error) {
	root, err := tlog.TreeHash(leafCount, t)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s\n%d\n%s\n", name, leafCount, root), nil
}

// checkNote opens the note with its key alone and compares the text with our own tree.
func checkNote(folder string, t *tree) error {
	vkey, err := os.ReadFile(filepath.Join(folder, "c.vkey"))
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(string(vkey))
	if err != nil {
		return err
	}
	message, err := os.ReadFile(filepath.Join(folder, "c.note"))
	if err != nil {
		return err
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 1 || len(opened.UnverifiedSigs) != 1 {
		return fmt.Errorf("%d and %d signatures", len(opened.Sigs), len(opened.UnverifiedSigs))
	}
	want, err := checkpointText(verifier.Name(), t)
	if err != nil {
		return err
	}
	if opened.Text != want {
		return fmt.Errorf("checkpoint %q, not %q", opened.Text, want)
	}
	message[0] ^= 1
	if _, err := note.Open(message, note.VerifierList(verifier)); err == nil {
		return errors.New("a changed note opened")
	}
	return nil
}

func parseHashes(fields []string) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, field := range fields {
		hash, err := tlog.ParseHash(field)
		if err != nil {
			return nil, err
		}
		out = append(out, hash)
	}
	return out, nil
}

func checkLine(line string, t *tree) error {
	fields := strings.Fields(line)
	if len(fields) < 3 {
		return errors.New("a short line")
	}
	first, err1 := strconv.ParseInt(fields[1], 10, 64)
	second, err2 := strconv.ParseInt(fields[2], 10, 64)
	hashes, err3 := parseHashes(fields[3:])
	if err1 != nil || err2 != nil || err3 != nil {
		return errors.New("a malformed line")
	}
	root, err := tlog.TreeHash(second, t)
	if err != nil {
		return err
	}
	if fields[0] == "inclusion" {
		return tlog.CheckRecord(hashes, second, root, first, tlog.RecordHash(leaf(first)))
	}
	old, err := tlog.TreeHash(first, t)
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes, second, root, first, old)
}

func check(folder string) error {
	t, err := grow()
	if err != nil {
		return err
	}
	if err := checkNote(folder, t); err != nil {
		return err
	}
	file, err := os.Open(filepath.Join(folder, "c.proofs"))
	if err != nil {
		return err
	}
	defer file.Close()
	count := 0
	for lines := bufio.NewScanner(file); lines.Scan(); count++ {
		if err := checkLine(lines.Text(), t); err != nil {
			return fmt.Errorf("%s: %v", lines.Text(), err)
		}
	}
	if count != leafCount*(leafCount+1) {
		return fmt.Errorf("%d proofs", count)
	}
	return nil
}

func line(kind string, first, second int64, hashes []tlog.Hash) string {
	out := fmt.Sprintf("%s %d %d", kind, first, second)
	for _, hash := range hashes {
		out += " " + hash.String()
	}
	return out + "\n"
}

func makeProofs(t *tree) (string, error) {
	var out strings.Builder
	for size := int64(1); size <= leafCount; size++ {
		for i := int64(0); i < size; i++ {
			inclusion, err := tlog.ProveRecord(size, i, t)
			if err != nil {
				return "", err
			}
			consistency, err := tlog.ProveTree(size, i+1, t)
			if err != nil {
				return "", err
			}
			out.WriteString(line("inclusion", i, size, inclusion))
			out.WriteString(line("consistency", i+1, size, consistency))
		}
	}
	return out.String(), nil
}

func makeAll(folder string) error {
	t, err := grow()
	if err != nil {
		return err
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	text, err := checkpointText(origin, t)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	proofs, err := makeProofs(t)
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		"go.skey": skey, "go.vkey": vkey, "go.note": string(signed), "go.proofs": proofs,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	run := map[string]func(string) error{"check": check, "make": makeAll}
	if len(os.Args) != 3 || run[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: ledger check|make FOLDER")
		os.Exit(2)
	}
	if err := run[os.Args[1]](os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
