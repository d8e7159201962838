// Command release-server serves a folder of release files on loopback under the paths that they have in it.
package main

import (
	"flag"
	"io/fs"
	"log"
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	folder := flag.String("folder", ".", "what to serve")
	flag.Parse()
	files := http.FileServer(filesOnly{http.Dir(*folder)})
	log.Fatal(http.ListenAndServe(*address, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		log.Printf("%s %s %s", request.Method, request.URL.Path, request.Header.Get("Range"))
		files.ServeHTTP(response, request)
	})))
}

// filesOnly answers 404 for a folder, as a release page does, where http.Dir would list it.
type filesOnly struct{ http.FileSystem }

func (files filesOnly) Open(name string) (http.File, error) {
	file, err := files.FileSystem.Open(name)
	if err != nil {
		return nil, err
	}
	if information, err := file.Stat(); err != nil || information.IsDir() {
		file.Close()
		return nil, &fs.PathError{Op: "open", Path: filepath.Clean(name), Err: os.ErrNotExist}
	}
	return file, nil
}
