module multiarch-lab

go 1.22
