module multiarch/go-bytes

go 1.22
